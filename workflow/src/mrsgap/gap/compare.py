"""The sim-to-real comparison: measured spectra against simulation at the same concentrations, under noise and linewidth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.names import DIFF, METABOLITE, OFF, ON
from mrsgap.gap.twins import STATES, add_noise, bands, match_phase, measured_bands, recording_table, twin_fids
from mrsgap.spectra.window import Window


@dataclass(frozen=True)
class Settings:
    """Fixed linewidth (Hz), noise and linewidth trials, range of the noise sigma, signal-free regions (ppm)."""

    fixed_linewidth_hz: float
    noise_trials: int
    noise_sigma: tuple[float, float]
    linewidth_trials: int
    noise_regions_ppm: tuple[tuple[float, float], ...]

    @classmethod
    def from_config(cls, section: Mapping) -> "Settings":
        """From the section `statistics.sim_to_real` of the config."""
        regions = tuple(map(tuple, section["noise_regions_ppm"]))
        return cls(**{**section, "noise_sigma": tuple(section["noise_sigma"]), "noise_regions_ppm": regions})


class Comparison(NamedTuple):
    """What the comparison gives.

    `items`: `recordings.recording_table` with `phase_deg`, the angle each item was turned by, and `rmse`. `similarity`: one row
    per variant (`fixed`: every twin at the fixed linewidth; `estimated`: at its item's own), series, state and kind of value,
    with the number of items, and mean and SD of each metric over the trials. `features`: `similarity.feature_table`. `spectra`:
    measured and simulated (item, state, ppm) of the fixed variant, with truth and series.
    """

    items: pd.DataFrame
    similarity: pd.DataFrame
    features: pd.DataFrame
    spectra: xr.Dataset


def compare(
    dataset: xr.Dataset, basis: xr.Dataset, window: Window, settings: Settings, generator: np.random.Generator
) -> Comparison:
    """Every item of `dataset` (`twins.comparable` ones) against its twin from `basis`.

    An item whose linewidth could not be measured has no twin of its own width: both variants of `similarity` leave it out, so
    that they are judged on the same spectra, and its column `items` says how many these are.
    """
    items = recording_table(dataset, settings.noise_regions_ppm)
    truth = dataset["truth"].sel({METABOLITE: basis[METABOLITE].values}).values
    acquisition = Acquisition.from_attributes(basis.attrs)
    measured = measured_bands(dataset, window)
    fixed = np.full(len(items), settings.fixed_linewidth_hz)
    estimated, sd = items["linewidth_hz"].to_numpy(), items["linewidth_sd_hz"].to_numpy()

    def against(fids, recorded):
        simulated = bands(fids, acquisition, window)
        turned, phase_deg = match_phase(recorded, simulated)
        return simulated, turned, phase_deg

    simulated, turned, phase_deg = against(twin_fids(basis, truth, fixed), measured)
    items = items.assign(phase_deg=phase_deg, rmse=np.sqrt(np.mean(np.abs(simulated - turned) ** 2, axis=(1, 2))))
    spectra = _spectra(dataset, window, simulated, turned, items["series"])

    known = np.isfinite(estimated)
    series, recorded = items["series"].to_numpy()[known], measured[known]

    def likeness(fids) -> pd.DataFrame:
        return similarity_table(*against(fids, recorded)[:2], series, STATES)

    tables = []
    for variant, width in (("fixed", fixed), ("estimated", estimated)) if known.any() else ():
        clean = twin_fids(basis, truth[known], width[known])
        table = likeness(clean).assign(variant=variant)
        noisy = [likeness(add_noise(clean, settings.noise_sigma, generator)) for _ in range(settings.noise_trials)]
        table = _with_trials(table, noisy, "noise")
        if variant == "estimated":
            spread = np.maximum(sd[known], 0.1)
            widths = [np.clip(generator.normal(width[known], spread), 0.5, 10.0) for _ in range(settings.linewidth_trials)]
            table = _with_trials(table, [likeness(twin_fids(basis, truth[known], one)) for one in widths], "linewidth")
        tables.append(table)
    similarity = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=[*KEYS, *METRICS, "variant"])
    return Comparison(items, similarity, feature_table(spectra), spectra)


def _spectra(dataset, window, simulated, turned, series) -> xr.Dataset:
    """Both sides of the comparison (item, state, ppm), with what is known of the items."""
    named = {"simulated": simulated, "measured": turned}
    dims = ("item", "state", "ppm")
    return xr.Dataset(
        {name: (dims, values.astype(np.complex64)) for name, values in named.items()}
        | {"truth": (("item", "metabolite"), dataset["truth"].values), "series": ("item", series)},
        coords={
            "state": list(STATES), "ppm": window.ppm, "item": dataset["item"].values, "metabolite": dataset["metabolite"].values
        },
        attrs={"origin": dataset.attrs["origin"]},
    )  # fmt: skip


def _with_trials(table, trials, name):
    """Add mean and SD of every metric over trials; without trials nothing is added."""
    if not trials:
        return table
    stacked = np.stack([trial[list(METRICS)].to_numpy() for trial in trials])  # (trial, row, metric)
    spread = stacked.std(axis=0, ddof=1) if len(trials) > 1 else np.full(stacked.shape[1:], np.nan)
    means = {f"{metric}_{name}_mean": stacked.mean(axis=0)[:, place] for place, metric in enumerate(METRICS)}
    spreads = {f"{metric}_{name}_sd": spread[:, place] for place, metric in enumerate(METRICS)}
    return table.assign(**means, **spreads)


KINDS = {"magnitude": np.abs, "phase": np.angle, "real": np.real, "imaginary": np.imag}
KEYS = ("series", "items", "state", "kind")  # what a row is about, and on how many items it rests
METRICS = ("mae", "rmse", "mean", "sd", "correlation", "cosine")

# What the study finds in simulation and not, or less, in its measurements (study.md 11).
# feature: (edit state, band in ppm, what of its magnitudes) of what is measured, and of what it is divided by
FEATURES = {
    "naa_on_feature": ((ON, (2.4, 2.7), np.max), (OFF, (1.9, 2.1), np.max)),
    "cr_39_over_30": ((OFF, (3.85, 3.97), np.max), (OFF, (2.95, 3.10), np.max)),
    "gaba_30_sharpness": ((DIFF, (2.85, 3.15), np.max), (DIFF, (2.85, 3.15), np.mean)),
}


def metrics(simulated, measured) -> dict[str, float]:
    """MAE, RMSE, mean and SD of simulated minus measured, Pearson correlation and cosine, over all bins."""
    simulated, measured = np.ravel(simulated), np.ravel(measured)
    error = simulated - measured
    lengths = np.linalg.norm(simulated) * np.linalg.norm(measured)
    spreads = simulated.std() * measured.std()
    covariance = np.mean((simulated - simulated.mean()) * (measured - measured.mean()))
    correlation = covariance / spreads if spreads > 0 else np.nan
    cosine = simulated @ measured / lengths if lengths > 0 else np.nan
    values = (np.abs(error).mean(), np.sqrt(np.mean(error**2)), error.mean(), error.std(), correlation, cosine)
    return dict(zip(METRICS, map(float, values)))


def similarity_table(simulated, measured, series, states) -> pd.DataFrame:
    """`METRICS` per series (and `all`), state and kind of value, with `KEYS`.

    `simulated`, `measured` (item, state, bin) complex; `series` (item,).
    """
    series = np.asarray(series)
    rows = []
    for name in [*dict.fromkeys(series.tolist()), "all"]:
        chosen = np.full(len(series), True) if name == "all" else series == name
        for place, state in enumerate(states):
            for kind, view in KINDS.items():
                numbers = metrics(view(simulated[chosen, place]), view(measured[chosen, place]))
                rows.append(dict(zip(KEYS, (name, int(chosen.sum()), state, kind))) | numbers)
    return pd.DataFrame(rows)


def feature_table(spectra: xr.Dataset) -> pd.DataFrame:
    """Ratio of every feature per item in `measured` and `simulated` (item, state, ppm): item, series, feature, both ratios.

    Noise raises the largest magnitude of a weak band: absence is judged too strictly, never too mildly. NaN where a state is
    absent.
    """
    rows = []
    for feature, parts in FEATURES.items():
        ratios = {name: np.divide(*(_height(spectra, name, *part) for part in parts)) for name in ("measured", "simulated")}
        for item, (name, series) in enumerate(zip(spectra["item"].values, spectra["series"].values)):
            both = {origin: float(values[item]) for origin, values in ratios.items()}
            rows.append({"item": str(name), "series": str(series), "feature": feature, **both})
    return pd.DataFrame(rows, columns=["item", "series", "feature", "measured", "simulated"])


def _height(spectra: xr.Dataset, name: str, state: str, band: tuple[float, float], reduce) -> np.ndarray:
    ppm = spectra["ppm"].values
    inside = (ppm >= band[0]) & (ppm <= band[1])
    return reduce(np.abs(spectra[name].sel(state=state).values[:, inside]), axis=1)
