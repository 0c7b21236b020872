"""Edit states and vendors in the words of a header."""

import re

# "_c_4 Off Resonance", "EDIT_ON", "Difference"; "on" alone may be any sentence's, "ON" is not.
IN_WORDS = re.compile(
    r"(?i:edit)[ _-]?((?i:on|off))(?![A-Za-z])|((?i:on|off))[ _-]?(?i:resonance)"
    r"|(?<![A-Za-z])(ON|OFF|(?i:diff(?:erence)?))(?![A-Za-z])"
)
VENDORS = {"siemens": "Siemens", "philips": "Philips", "ge ": "GE", "ge_": "GE", "bruker": "Bruker", "uih": "United Imaging"}


def state_in_words(text: str) -> str | None:
    """The one edit state that a free text names, or None where it names none or several.

    >>> state_in_words("_c_4 Off Resonance"), state_in_words("MEGA ON and OFF"), state_in_words("Difference")
    ('off', None, 'diff')
    """
    named = {next(filter(None, match.groups())).lower()[:4] for match in IN_WORDS.finditer(text or "")}
    return named.pop() if len(named) == 1 else None


def vendor_in_words(text: str) -> str:
    """Short name of the maker of a scanner, or the text itself where it is none of the known ones.

    >>> vendor_in_words("Philips Medical Systems"), vendor_in_words("SIEMENS"), vendor_in_words("GE MEDICAL SYSTEMS")
    ('Philips', 'Siemens', 'GE')
    """
    lower = f"{text} ".lower()
    return next((name for word, name in VENDORS.items() if lower.startswith(word)), str(text or ""))
