"""Quality as traffic lights: each number against a limit, and whose limit it is.

Linewidth: metabolite lines wider than 0.07 to 0.1 ppm make a spectrum unacceptable (Kreis, NMR Biomed. 17 (2004) 361; at 3 T
0.076 ppm is the 9.7 Hz of creatine below which GABA+ errs by less than 5 %, Zoellner et al., NMR Biomed. 34 (2021) e4410).
The consensus on reporting (Lin et al., NMR Biomed. 34 (2021) e4484) asks for the signal-to-noise ratio, and that on editing
(Choi et al., NMR Biomed. 34 (2021) e4411) for drift, water and the state of editing to be watched, without numbers: there the
limits are the workflow's own and are called that.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

GREEN, AMBER, RED, GREY = "green", "amber", "red", "grey"
WORDS = {GREEN: "good", AMBER: "borderline", RED: "poor", GREY: "not measured"}
LINEWIDTH_PPM = (0.07, 0.1)
DRIFT_HZ = (5.0, 10.0)  # ASSUME: of the width of an editing pulse, a tenth and a fifth (about 50 Hz at half height)
MARGIN = 0.75  # ASSUME: within a quarter of the workflow's own limit is borderline
KREIS = "Kreis 2004"
OWN = "limit of this workflow (config: quality); the consensus gives no number"
OWN_DRIFT = "limit of this workflow; the consensus gives no number (drift detunes editing, Harris et al. 2014)"


@dataclass(frozen=True)
class Light:
    """One number of one spectrum: `limit` and `source` in words, `colour` one of `WORDS`."""

    name: str
    value: str
    limit: str
    source: str
    colour: str

    @property
    def word(self) -> str:
        """The colour for those who do not see it."""
        return WORDS[self.colour]


def lights(row: Mapping, limits: Mapping) -> list[Light]:
    """The lights of one `row` of the quality table (quality.measures); `limits` is the config section `quality`.

    A number that is missing is grey; the linewidth needs the field, which the offset in Hz and in ppm tell together.
    """
    larmor_mhz = _larmor_mhz(row)
    width_hz = np.nanmin([_of(row, "fwhm_naa_hz"), _of(row, "fwhm_cr_hz"), np.inf])
    width_hz = width_hz if np.isfinite(width_hz) else np.nan
    snr = np.nanmax([_of(row, "snr_naa"), _of(row, "snr_cr"), -np.inf])
    snr = snr if np.isfinite(snr) else np.nan
    good_hz, fair_hz = (larmor_mhz * edge for edge in LINEWIDTH_PPM)
    least_snr, drift_hz = limits["snr_min"], abs(_of(row, "drift_hz"))
    return [
        Light("linewidth (FWHM)", _said(width_hz, " Hz"), f"≤ {fair_hz:.1f} Hz (0.1 ppm)" if larmor_mhz > 0 else "≤ 0.1 ppm",
              KREIS, _colour(width_hz, good_hz, fair_hz)),
        Light("SNR", _said(snr), f"≥ {least_snr:g}", OWN, _colour(-snr, -least_snr / MARGIN, -least_snr)),
        Light("drift", _said(drift_hz, " Hz"), f"≤ {DRIFT_HZ[1]:g} Hz", OWN_DRIFT, _colour(drift_hz, *DRIFT_HZ)),
        _own("residual water", _of(row, "residual_water"), limits["residual_water_max"]),
        _own("NAA left by editing (on/off)", _of(row, "naa_on_off"), limits["naa_on_off_max"]),
    ]  # fmt: skip


def poor(table: pd.DataFrame, limits: Mapping) -> pd.DataFrame:
    """`table` of quality with `poor`: the red lights of each spectrum in words; a spectrum that could not be read says why."""
    said = []
    for row in table.to_dict("records"):
        red = [f"{light.name} {light.value}, limit {light.limit}" for light in lights(row, limits) if light.colour == RED]
        said.append("; ".join(red))
    return table.assign(poor=said)


def _own(name: str, value: float, limit: float) -> Light:
    return Light(name, _said(value), f"≤ {limit:g}", OWN, _colour(value, MARGIN * limit, limit))


def _colour(value: float, good: float, fair: float) -> str:
    if not (np.isfinite(value) and np.isfinite(fair)):
        return GREY
    return GREEN if value <= good else AMBER if value <= fair else RED


def _larmor_mhz(row: Mapping) -> float:
    offset_ppm, offset_hz = _of(row, "offset_ppm"), _of(row, "offset_hz")
    return abs(offset_hz / offset_ppm) if np.isfinite(offset_hz) and offset_ppm else np.nan


def _of(row: Mapping, name: str) -> float:
    value = row.get(name)
    return float(value) if isinstance(value, (int, float)) else np.nan


def _said(value: float, unit: str = "") -> str:
    return f"{value:.3g}{unit}" if np.isfinite(value) else "–"
