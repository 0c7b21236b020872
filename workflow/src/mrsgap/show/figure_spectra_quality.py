"""Pictures of whole sets: a few simulated spectra from the least noisy to the noisiest; every measured one with its quality."""

import numpy as np
import pandas as pd
import xarray as xr

from mrsgap.core.acquisition import Acquisition, by_acquisition
from mrsgap.core.names import DIFF, EDIT, ITEM, OFF, ON, SYNTHETIC
from mrsgap.core.peaks import CR_PPM, NAA_PPM, absorption_factor, band, find_offset, fine_spectrum
from mrsgap.core.signal import spectrum
from mrsgap.show import style

SIMULATED_HIGH_PPM = 4.5


def spectra_figure(datasets: dict[str, xr.Dataset], count: int):
    """One row per data set by name, one column per edit state, `count` items of each."""
    fig, axes = style.figure(style.PAGE_CM, 7.5 * len(datasets), nrows=len(datasets), ncols=3, squeeze=False)
    for row, (name, dataset) in zip(axes, datasets.items()):
        draw_items(row, dataset, choose_items(dataset, count))
        row[0].set_ylabel(name)
    return fig


def choose_items(dataset: xr.Dataset, count: int) -> np.ndarray:
    """`count` items spread evenly over the noise of edit-off, least noisy first."""
    order = np.argsort(dataset.noise_sd.sel(edit=OFF).values, kind="stable")
    return order[np.linspace(0, len(order) - 1, count).round().astype(int)]


def draw_items(axes, dataset: xr.Dataset, items) -> None:
    """One Axes per edit state (off, on, diff): real spectra of `items`, stacked, each divided by its edit-off maximum."""
    acquisition = Acquisition.from_attributes(dataset.attrs)
    band = (acquisition.ppm <= SIMULATED_HIGH_PPM) & (acquisition.ppm >= LOW_PPM)
    chosen = dataset[["fid", *({"linewidth_hz"} & set(dataset))]].isel({ITEM: items})
    values = spectrum(chosen.fid.transpose(ITEM, "edit", "time").sel(edit=[OFF, ON]).values)[..., band]
    values = values.real / np.abs(values[:, :1]).max(axis=-1, keepdims=True)
    states = {"edit-off": (OFF, values[:, 0]), "edit-on": (ON, values[:, 1]),
              "difference (on − off)": (DIFF, values[:, 1] - values[:, 0])}  # fmt: skip
    for ax, (title, (state, rows)) in zip(axes, states.items()):
        for level, row in enumerate(rows[::-1]):
            ax.plot(acquisition.ppm[band], row + 1.5 * level, color=style.BLACK, lw=0.5)
            if state == OFF and "linewidth_hz" in chosen:
                width_hz = float(chosen.linewidth_hz.values[::-1][level])
                ax.annotate(f"{width_hz:.1f} Hz", (SIMULATED_HIGH_PPM, 1.5 * level + 0.3), va="bottom", fontsize=6.5)
        ax.set_title(title)
        style.ppm_axis(ax, SIMULATED_HIGH_PPM, LOW_PPM)


HIGH_PPM, LOW_PPM = 4.3, 1.0
MOST_SERIES = 24  # more do not fit a page
STEP = 1.9  # between the levels of two series, in heights of the reference line
TITLES = {OFF: "edit-off", ON: "edit-on", DIFF: "difference (on − off)"}


def display_spectra(dataset: xr.Dataset) -> dict[str, dict[str, tuple[np.ndarray, np.ndarray]]]:
    """Real spectra for the eye by item and edit state, as (ppm, value).

    Moved, phased and scaled on the larger of NAA and Cr; nothing is quantified from it. A difference that
    came without its states is phased on its negative NAA.
    """
    shown = {}
    for acquisition, part in by_acquisition(dataset):
        for index, item in enumerate(part[ITEM].values):
            states = {state: part["fid"].sel({EDIT: state}).values[index] for state in (OFF, ON)}
            states = {state: fid for state, fid in states.items() if np.isfinite(fid).all()}
            if len(states) == 2:
                states[DIFF] = states[ON] - states[OFF]
            elif np.isfinite(part["fid_diff"].values[index]).all():
                states[DIFF] = part["fid_diff"].values[index]
            if not states:
                continue
            guide = states[OFF] if OFF in states else next(iter(states.values()))
            offset_ppm = find_offset(guide, acquisition)
            ppm, values = fine_spectrum(guide, acquisition, 2)
            near = band(ppm, NAA_PPM + offset_ppm, 0.05) | band(ppm, CR_PPM + offset_ppm, 0.05)
            top = np.flatnonzero(near)[np.argmax(abs(values[near]))]
            factor = absorption_factor(values, top) / abs(values[top])
            if OFF not in states and DIFF in states:
                factor = -factor if abs(ppm[top] - offset_ppm - NAA_PPM) < 0.1 else factor  # NAA is negative in the difference
            kept = (ppm - offset_ppm <= HIGH_PPM) & (ppm - offset_ppm >= LOW_PPM)
            shown[str(item)] = {
                state: ((ppm - offset_ppm)[kept], (fine_spectrum(fid, acquisition, 2)[1] * factor).real[kept])
                for state, fid in states.items()
            }
    return shown


def draw_quality(dataset: xr.Dataset, table: pd.DataFrame, limits: dict):
    """A figure with one level per series: edit-off, edit-on, difference, SNR and FWHM of every item of the quality `table`."""
    read = table[table["status"] != "failed"]
    series = list(dict.fromkeys(read["series"]))[:MOST_SERIES]
    shown = display_spectra(dataset)
    height_cm = 1.5 * max(2, len(series)) + 2.4
    fig, axes = style.figure(style.PAGE_CM, height_cm, ncols=5, width_ratios=[3, 3, 3, 1.3, 1.3])
    for level, name in zip(-STEP * np.arange(len(series)), series):
        rows = read[read["series"] == name]
        _draw_spectra(axes[:3], [shown[item] for item in rows["item"] if item in shown], level)
        label = f"{name}\n{len(rows)} item{'s' if len(rows) > 1 else ''}"
        axes[0].annotate(label, (HIGH_PPM + 0.08, level), ha="right", va="center", annotation_clip=False)
        _draw_numbers(axes[3], rows, "snr_naa", "snr_cr", level)
        _draw_numbers(axes[4], rows, "fwhm_naa_hz", "fwhm_cr_hz", level)
    for ax, title in zip(axes, (*TITLES.values(), "SNR", "FWHM (Hz)")):
        ax.set_title(title)
        ax.set_ylim(-STEP * (len(series) - 1) - 1.1, 1.1)
    for ax, limit in zip(axes[3:], (limits["snr_min"], limits["fwhm_max_hz"])):
        ax.axvline(limit, color=style.GREY, lw=0.5, ls="--")
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ax.set_xlabel("NAA ●, Cr ○")
    axes[3].set_xscale("log")
    axes[4].set_xlim(left=0)
    for ax in axes[:3]:
        style.ppm_axis(ax, HIGH_PPM, LOW_PPM)
    fig.suptitle(_headline(table, series), fontsize=8, fontweight="bold")
    return fig


def _headline(table: pd.DataFrame, series: list) -> str:
    origins = {origin for origin in table["origin"] if isinstance(origin, str) and origin}
    what = "SYNTHETIC stand-ins, not measurements" if origins == {SYNTHETIC} else ", ".join(sorted(origins)) + " spectra"
    counts = table["status"].value_counts()
    line = f"{what}: {len(table)} items, {counts.get('flagged', 0)} flagged, {counts.get('failed', 0)} not readable"
    total = table["series"].nunique()
    return line + (f"; first {len(series)} of {total} series" if total > len(series) else "")


def _draw_spectra(axes, items: list[dict], level: float) -> None:
    """All items in grey and the middle one in black, one scale for all states."""
    for ax, state in zip(axes, TITLES):
        for index, item in enumerate(items):
            if state in item:
                ppm, values = item[state]
                middle = index == len(items) // 2
                colour, width = (style.BLACK, 0.7) if middle else (style.GREY, 0.3)
                ax.plot(ppm, level + values, color=colour, lw=width, zorder=2 if middle else 1)


def _draw_numbers(ax, rows: pd.DataFrame, naa: str, cr: str, level: float) -> None:
    """One height per item, from the first at the top; flagged items in another colour."""
    height = level + np.linspace(0.6, -0.6, len(rows)) if len(rows) > 1 else np.array([level])
    colour = np.where(rows["status"] == "flagged", style.VERMILION, style.BLUE)
    ax.scatter(rows[naa], height, s=6, c=colour, lw=0.4)
    ax.scatter(rows[cr], height, s=6, facecolors="none", edgecolors=colour, lw=0.4)
