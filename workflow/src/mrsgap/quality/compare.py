"""The sim-to-real comparison: measured spectra against simulation at the same concentrations, under noise and linewidth."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.groups import by_acquisition
from mrsgap.core.names import ITEM, METABOLITE
from mrsgap.core.peaks import CR_PPM, NAA_PPM, find_offset
from mrsgap.quality.linewidth import lorentzian_linewidth
from mrsgap.quality.noise import noise_sigma
from mrsgap.quality.similarity import METRICS, similarity_table
from mrsgap.quality.twins import STATES, bands, match_phase, measured_bands, twin_fids
from mrsgap.spectra.window import Window

WIDTHS = ("linewidth_naa_hz", "linewidth_naa_sd_hz", "linewidth_cr_hz", "linewidth_cr_sd_hz", "linewidth_hz", "linewidth_sd_hz")


@dataclass(frozen=True)
class Settings:
    """Fixed linewidth (Hz), noise and linewidth trials, range of the noise sigma, signal-free regions (ppm)."""

    fixed_linewidth_hz: float
    noise_trials: int
    noise_sigma: tuple[float, float]
    linewidth_trials: int
    noise_regions_ppm: tuple[tuple[float, float], ...]


def item_table(dataset: xr.Dataset, settings: Settings) -> pd.DataFrame:
    """Linewidth of NAA and Cr with standard errors and noise of every item, (item) rows in the order of the set.

    `linewidth_hz` is NAA's, or Cr's where NAA has none, or the fixed one where neither can be fitted; its SD alike.
    """
    rows = {}
    for acquisition, part in by_acquisition(dataset):
        for index, item in enumerate(part[ITEM].values.tolist()):
            off = part["fid"].values[index, 0]
            offset = find_offset(off, acquisition)
            naa, cr = (lorentzian_linewidth(off, acquisition, place + offset) for place in (NAA_PPM, CR_PPM))
            width, sd = next((pair for pair in (naa, cr) if np.isfinite(pair[0])), (settings.fixed_linewidth_hz, 0.0))
            sigma = noise_sigma(off, acquisition, settings.noise_regions_ppm)
            words = {"item": item, **{name: str(part[name].values[index]) for name in ("series", "origin")}}
            rows[item] = words | dict(zip(WIDTHS, (*naa, *cr, width, sd))) | {"noise_sigma": sigma}
    return pd.DataFrame([rows[item] for item in dataset[ITEM].values.tolist()])


def compare(dataset: xr.Dataset, basis: xr.Dataset, window: Window, settings: Settings, generator: np.random.Generator):
    """Items, similarity and the spectra themselves.

    Returns the item table (with `phase_deg`, the angle each item was turned by, and `rmse`), similarity per variant
    (`fixed`: every twin at the fixed linewidth; `estimated`: at its item's own; with mean and SD of each metric over the
    trials), and a dataset of measured and simulated spectra (item, state, bin) of the fixed variant.
    """
    items = item_table(dataset, settings)
    truth = dataset["truth"].sel({METABOLITE: basis[METABOLITE].values}).values
    acquisition = Acquisition.from_attributes(basis.attrs)
    measured = measured_bands(dataset, window)
    series = items["series"].to_numpy()
    fixed = np.full(len(items), settings.fixed_linewidth_hz)
    own = items["linewidth_hz"].to_numpy()

    def against(fids):
        simulated = bands(fids, acquisition, window)
        turned, phase_deg = match_phase(measured, simulated)
        return simulated, turned, phase_deg

    tables = []
    for variant, width in (("fixed", fixed), ("estimated", own)):
        clean = twin_fids(basis, truth, width)
        simulated, turned, phase_deg = against(clean)
        table = similarity_table(simulated, turned, series, STATES).assign(variant=variant)
        noisy = [against(add_noise(clean, settings.noise_sigma, generator))[:2] for _ in range(settings.noise_trials)]
        table = _with_trials(table, [similarity_table(*pair, series, STATES) for pair in noisy], "noise")
        if variant == "fixed":
            kept = simulated, turned
            items = items.assign(phase_deg=phase_deg, rmse=np.sqrt(np.mean(np.abs(simulated - turned) ** 2, axis=(1, 2))))
        else:
            sd = items["linewidth_sd_hz"].to_numpy()
            widths = [np.clip(generator.normal(own, np.maximum(sd, 0.1)), 0.5, 10.0) for _ in range(settings.linewidth_trials)]
            drawn = [against(twin_fids(basis, truth, one))[:2] for one in widths]
            table = _with_trials(table, [similarity_table(*pair, series, STATES) for pair in drawn], "linewidth")
        tables.append(table)
    coordinates = {"state": list(STATES), "ppm": window.ppm, "item": dataset[ITEM].values}
    spectra = xr.Dataset(
        {
            name: (("item", "state", "ppm"), values.astype(np.complex64))
            for name, values in zip(("simulated", "measured"), kept)
        },
        coords=coordinates,
    )
    return items, pd.concat(tables, ignore_index=True), spectra


def add_noise(fids: np.ndarray, sigma: tuple[float, float], generator: np.random.Generator) -> np.ndarray:
    """Complex Gaussian noise on FIDs (item, edit, time): one sigma ~ U(sigma) per item, of its largest edit-off sample."""
    largest = np.abs(fids[:, 0]).max(axis=-1)
    scale = (generator.uniform(*sigma, len(fids)) * largest)[:, None, None].astype(np.float32)
    noise = generator.standard_normal((*fids.shape, 2), dtype=np.float32)
    return fids + scale * (noise[..., 0] + 1j * noise[..., 1])


def _with_trials(table, trials, name):
    """Add mean and SD of every metric over trials; without trials nothing is added."""
    if not trials:
        return table
    stacked = np.stack([trial[list(METRICS)].to_numpy() for trial in trials])  # (trial, row, metric)
    spread = stacked.std(axis=0, ddof=1) if len(trials) > 1 else np.full(stacked.shape[1:], np.nan)
    means = {f"{metric}_{name}_mean": stacked.mean(axis=0)[:, place] for place, metric in enumerate(METRICS)}
    spreads = {f"{metric}_{name}_sd": spread[:, place] for place, metric in enumerate(METRICS)}
    return table.assign(**means, **spreads)
