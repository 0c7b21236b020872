"""The one error a user can act on.

Everything that is wrong with what a user gave us (a file, a key, a value) is an `InputError`; its text says what is
wrong, with which value, where, and what to do. A script prints that text and nothing else. Any other exception is a
fault of ours and keeps its traceback.
"""


class InputError(ValueError):
    """Input that the user can mend: `what` is wrong, `where` it was found, and the `cure`.

    >>> print(InputError("no file `a.nii`", where="manifest.csv, row 2", cure="Correct the path"))
    no file `a.nii` (manifest.csv, row 2). Correct the path.
    """

    def __init__(self, what: str, *, where: str | None = None, cure: str | None = None):
        self.what, self.where, self.cure = what, where, cure
        parts = [what.rstrip(".")]
        if where:
            parts[0] += f" ({where})"
        if cure:
            parts.append(cure.rstrip("."))
        super().__init__(". ".join(parts) + ".")


def require_positive(name: str, value: float, *, where: str | None = None) -> float:
    """Return `value` if it is a finite number above zero; raise `InputError` naming it otherwise."""
    if not (isinstance(value, (int, float)) and 0 < value < float("inf")):
        raise InputError(f"`{name}` must be a finite number > 0, but is {value!r}", where=where)
    return value
