"""Philips text headers: `.SPAR` beside a `.SDAT` or a `.data`/`.list` pair, in any encoding and locale."""

from pathlib import Path

from mrsgap.core.errors import InputError


def read_spar(path: Path) -> dict[str, str]:
    """Fields of a `.SPAR` by lower-case name; comments begin with `!`, fields part name and value by the first colon."""
    fields = {}
    for line in path.read_bytes().decode("latin-1").splitlines():
        name, colon, value = line.partition(":")
        if colon and not line.lstrip().startswith("!"):
            fields.setdefault(name.strip().lower(), value.strip().strip('"').strip())
    if not fields:
        raise InputError("it holds no fields", where=path.name, cure="Export the pair again")
    return fields


def spar_number(fields: dict[str, str], name: str, path: Path, default: float | None = None) -> float:
    """A field as a number > 0; some locales write a decimal comma. `InputError` where it is none and there is no default."""
    text = fields.get(name, "")
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = float("nan")
    if 0 < value < float("inf"):
        return value
    if default is not None and (not text or value == 0):
        return default
    raise InputError(f"the field `{name}` is {text!r}, not a number > 0", where=path.name, cure="Export the pair again")


def partner(path: Path, *suffixes: str) -> Path | None:
    """The file beside `path` of the same name with one of the suffixes, in whatever case either is written."""
    names = {f"{path.stem}{suffix}".lower() for suffix in suffixes}
    if path.name.lower() in names and path.is_file():
        return path
    try:
        beside = sorted(other for other in path.parent.iterdir() if other.name.lower() in names and other.is_file())
    except OSError:
        return None
    exact = [other for other in beside if other.stem == path.stem]
    return (exact or beside or [None])[0]
