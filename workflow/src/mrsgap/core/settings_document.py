"""The page that documents every config key, generated from the schema and the shipped defaults."""

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
            rows.append(f"| `{name}` | {_type(child, schema)} | {_described(child)} |")
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
    described = _described(node)
    if described:
        yield f"| `{path}` | {_type(node, schema)} | {_default(value)} | {described} |"
    if "title" in node:
        return
    yield from _rows(node, schema, value, path)
    for choice in (*node.get("oneOf", ()), *node.get("anyOf", ())):
        yield from _rows(_resolved(choice, schema), schema, value, path)
    if isinstance(node.get("items"), dict):
        yield from _rows(_resolved(node["items"], schema), schema, None, f"{path}[]")


def _described(node: dict) -> str:
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
