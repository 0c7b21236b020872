"""The closed JSON schema of the config: check a config, naming key, value and cure, and document every key on one page."""

import difflib

import jsonschema

from mrsgap.core.errors import InputError


def check_settings(settings: dict, schema: dict) -> None:
    """Raise `InputError` listing every fault of `settings` against `schema` (JSON schema, draft 2020-12)."""
    validator = jsonschema.Draft202012Validator(schema)
    faults = sorted(validator.iter_errors(settings), key=lambda fault: list(map(str, fault.absolute_path)))
    if faults:
        lines = "\n".join(f"  - {line}" for fault in faults for line in _describe(fault))
        raise InputError(f"the config has {len(faults)} fault(s):\n{lines}\nSee config/README.md for every key")


def _describe(fault: jsonschema.ValidationError) -> list[str]:
    place = ".".join(map(str, fault.absolute_path))
    if fault.validator == "additionalProperties" and isinstance(fault.instance, dict):
        known = sorted(fault.schema.get("properties", {}))
        lines = []
        for key in sorted(set(fault.instance) - set(known)):
            near = difflib.get_close_matches(str(key), known, n=1)
            hint = f"did you mean `{near[0]}`? " if near else ""
            lines.append(f"unknown key `{f'{place}.' if place else ''}{key}`: {hint}allowed here: {', '.join(known)}")
        return lines
    if fault.validator == "required":
        return [f"`{place or 'config'}`: {fault.message}"]
    if fault.validator == "enum":
        return [f"`{place}` must be one of {', '.join(map(repr, fault.validator_value))}, but is {fault.instance!r}"]
    if fault.validator in ("oneOf", "anyOf") and fault.context:
        return _describe(max(fault.context, key=lambda inner: len(inner.absolute_path)))
    description = fault.schema.get("description", "") if isinstance(fault.schema, dict) else ""
    return [f"`{place or 'config'}`: {fault.message}" + (f" ({description})" if description else "")]


HEADER = """# Every setting

Generated from `schema.yaml` and the shipped defaults by `make docs`; edit those, not this page.

Settings live in `config.yaml` (the workstation scale), spin systems in `metabolites.yaml`, sequences and pulses in
`sequence.yaml`. Another scale or a change of your own is a file of overrides: `snakemake --cores 2 --configfile mine.yaml`.
The schema is closed: a key that is not on this page stops the run before it starts.

| key | type | default | meaning |
|---|---|---|---|
"""
LIMITS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


def settings_document(schema: dict, defaults: dict) -> str:
    """Markdown page with one row per key: dotted name (`<name>` where the user chooses), type or choices, default, meaning.

    A definition of the schema that has a `title` is a grammar used in many places: described once, under that title at the end,
    and named as the type wherever it is used.
    """
    page = HEADER + "\n".join(_rows(schema, schema, defaults, "")) + "\n"
    return page + "".join(_section(node, schema) for node in schema.get("$defs", {}).values() if "title" in node)


def _section(node: dict, schema: dict) -> str:
    head = f"\n## {node['title']}\n\n{node['description'].strip()}\n\n| key | type | meaning |\n|---|---|---|\n"
    rows = []
    for part in (node, *(_resolved(choice, schema) for choice in node.get("oneOf", ()))):
        for name, child in part.get("properties", {}).items():
            child = _resolved(child, schema)
            rows.append(f"| `{name}` | {_type(child, schema)} | {_description(child)} |")
    return head + "\n".join(rows) + "\n"


def _rows(node: dict, schema: dict, value, path: str):
    for name, child in node.get("properties", {}).items():
        given = value.get(name) if isinstance(value, dict) else None
        yield from _row(child, schema, given, f"{path}.{name}" if path else name)
    others = node.get("additionalProperties")
    if isinstance(others, dict):
        yield from _row(others, schema, None, f"{path}.<name>")


def _row(node: dict, schema: dict, value, path: str):
    node = _resolved(node, schema)
    described = _description(node)
    if described:
        yield f"| `{path}` | {_type(node, schema)} | {_default(value)} | {described} |"
    if "title" in node:
        return
    yield from _rows(node, schema, value, path)
    for choice in (*node.get("oneOf", ()), *node.get("anyOf", ())):
        yield from _rows(_resolved(choice, schema), schema, value, path)
    if isinstance(node.get("items"), dict):
        yield from _rows(_resolved(node["items"], schema), schema, None, f"{path}[]")


def _description(node: dict) -> str:
    return " ".join(node.get("description", "").split()).replace("|", "\\|")


def _resolved(node: dict, schema: dict) -> dict:
    if "$ref" not in node:
        return node
    target = schema
    for part in node["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return {**target, **{key: value for key, value in node.items() if key != "$ref"}}


def _type(node: dict, schema: dict) -> str:
    if "title" in node:
        return f"[{node['title'].lower()}](#{node['title'].lower().replace(' ', '-')})"
    if "const" in node:
        return f"`{node['const']}`"
    if "enum" in node:
        return " \\| ".join(f"`{choice}`" for choice in node["enum"])
    for several in ("oneOf", "anyOf"):
        if several in node:
            return " or ".join(dict.fromkeys(_type(_resolved(choice, schema), schema) for choice in node[several]))
    kind = node.get("type", "")
    kind = " or ".join(kind) if isinstance(kind, list) else kind
    if kind == "array" and isinstance(node.get("items"), dict):
        return f"list of {_type(_resolved(node['items'], schema), schema)}"
    limits = [f"{sign} {node[key]}" for key, sign in LIMITS.items() if key in node]
    return f"{kind} {', '.join(limits)}".strip()


def _default(value) -> str:
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, list) and any(isinstance(entry, (dict, list)) for entry in value):
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"`{text}`".replace("|", "\\|")
