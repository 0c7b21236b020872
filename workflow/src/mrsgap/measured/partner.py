"""The unsuppressed water that belongs to a file, by its name: what exporters call the two files of one scan."""

import re
from pathlib import Path

# What stands for the spectrum and what for its water in otherwise equal names; the first that exists beside the file counts.
PAIRS = (
    ("act", ("ref",)),  # Philips SDAT/SPAR and data/list
    ("spec", ("water", "ref", "wref")),
    ("ws", ("nws",)),  # jMRUI exports of the ISMRM challenge
    ("svs", ("mrsref", "ref")),  # BIDS
    ("metab_raw", ("wref_raw", "wref")),
    ("metab", ("wref", "water", "ref")),
    ("suppressed", ("unsuppressed", "water")),
)
WATER_WORDS = re.compile(
    r"(?i)(?:^|[_\-. ])(ref|mrsref|water|wref\d?|nws|h2o|unsup(?:pressed)?|ecc|noecc|waterref)"
    r"(?:[_\-. ]?\d+)?(?:[_\-. ](?:off|on|raw|act))?$"  # its last word but for a number or a state
)


def water_partner(path: Path) -> Path | None:
    """The file beside `path` that holds its water by name (`x_act.SDAT` and `x_ref.SDAT`, `x.RAW` and `x.H2O`), or None."""
    path = Path(path)
    try:
        beside = {other.name.lower(): other for other in path.parent.iterdir() if other.is_file()}
    except OSError:
        return None
    if path.name.lower() == "fid":  # Bruker
        return next((beside[name] for name in ("fid.refscan", "fid.ref") if name in beside), None)
    stem, suffixes = _split(path.name)
    if suffixes.lower() in (".raw", ".lcm"):
        return next((beside[stem.lower() + end] for end in (".h2o",) if stem.lower() + end in beside), None)
    for word, waters in PAIRS:
        pattern = re.compile(rf"(?i)(^|[_\-. ]){word}(?=[_\-. ]|$)")
        for water in waters:
            if pattern.search(stem):
                name = (pattern.sub(rf"\g<1>{water}", stem) + suffixes).lower()
                if name in beside and beside[name] != path:
                    return beside[name]
    return None


def called_water(path: Path) -> bool:
    """Whether the name of a file says that it holds unsuppressed water.

    >>> called_water(Path("S01_PRESS_35_ref.SDAT")), called_water(Path("sub-01_svs.nii.gz"))
    (True, False)
    """
    stem, suffixes = _split(Path(path).name)
    return suffixes.lower() == ".h2o" or WATER_WORDS.search(stem) is not None


def _split(name: str) -> tuple[str, str]:
    ends = (".nii.gz", ".nii")
    end = next((end for end in ends if name.lower().endswith(end)), None)
    return (name[: -len(end)], name[-len(end) :]) if end else (Path(name).stem, Path(name).suffix)
