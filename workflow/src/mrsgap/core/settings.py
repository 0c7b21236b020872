"""Check a config against a closed JSON schema, with messages that name the key, the value and the cure."""

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
