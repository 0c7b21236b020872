"""Is a spectrum like those a network was trained on? Its quality numbers and its place in feature space against theirs."""

import numpy as np
import pandas as pd

# measure: how to say it, its unit, decimals told, whether a low value counts, whether a high one does
MEASURES = {
    "fwhm_hz": ("linewidth", " Hz", 1, True, True),
    "snr": ("SNR", "", 0, True, False),
    "offset_ppm": ("frequency offset", " ppm", 3, True, True),
    "residual_water": ("residual water", "", 1, False, True),
}
TAIL = 0.005  # share of the training spectra left out on each side of a range


def headline(quality: pd.DataFrame) -> pd.DataFrame:
    """`quality` (fields of quality.measures) with one `fwhm_hz` (narrower line) and one `snr` (taller line) per item."""
    narrower, taller = quality[["fwhm_naa_hz", "fwhm_cr_hz"]].min(axis=1), quality[["snr_naa", "snr_cr"]].max(axis=1)
    return quality.assign(fwhm_hz=narrower, snr=taller)


def training_range(quality: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Range of every measure over training spectra, without the outer `TAIL` on each side."""
    table = headline(quality)
    return {name: tuple(float(edge) for edge in np.nanquantile(table[name], [TAIL, 1 - TAIL])) for name in MEASURES}


def outside(row, ranges: dict[str, tuple[float, float]]) -> list[str]:
    """What of one spectrum (a `headline` row) lies outside the training range, in words; what cannot be measured does."""
    told = []
    for name, (label, unit, decimals, low_counts, high_counts) in MEASURES.items():
        value, (low, high) = row[name], ranges[name]
        if not np.isfinite(value):
            told.append(f"{label} could not be measured")
        elif high_counts and value > high:
            told.append(f"{label} {_compared(value, '>', high, unit, decimals)}")
        elif low_counts and value < low:
            told.append(f"{label} {_compared(value, '<', low, unit, decimals)}")
    return told


def _compared(value: float, sign: str, edge: float, unit: str, decimals: int) -> str:
    """Both numbers with as many decimals as it takes to see that they differ."""
    while decimals < 9 and f"{value:.{decimals}f}" == f"{edge:.{decimals}f}":
        decimals += 1
    return f"{value:.{decimals}f}{unit} {sign} {edge:.{decimals}f}{unit}"
