"""Figures 8 and 9: measured and simulated spectra, and their differences."""

import numpy as np
import xarray as xr

from mrsgap.core.names import SYNTHETIC
from mrsgap.show import style
from mrsgap.show.sim_to_real import TITLES, draw_error_band, draw_error_histogram, draw_error_map, draw_overlay

GAP = 0.25  # of the panel's height, between spectra and residual


def examples(truth: np.ndarray, metabolites: list[str]) -> list[tuple[str, int, bool]]:
    """For every metabolite: the item that holds it alone, else the one in which its share is largest, and which it is."""
    total = truth.sum(axis=1)
    chosen = []
    for place, name in enumerate(metabolites):
        share = np.divide(truth[:, place], total, out=np.zeros_like(total), where=total > 0)
        if len(share) and share.max() > 0:
            item = int(np.argmax(share))
            chosen.append((name, item, bool(share[item] == 1)))
    return chosen


def overlay_figure(spectra: xr.Dataset):
    """Figure 8: one row per metabolite, one column per edit state; real parts at one scale per row."""
    metabolites = list(spectra["metabolite"].values)
    rows = examples(spectra["truth"].values, metabolites)
    states = list(spectra["state"].values)
    size = (style.PAGE_CM, 3.0 * max(len(rows), 1) + 1.6)
    fig, axes = style.figure(*size, nrows=max(len(rows), 1), ncols=3, squeeze=False, sharex=True, sharey="row")
    ppm = spectra["ppm"].values
    for line, (name, item, alone) in zip(axes, rows):
        measured, simulated = (spectra[kind].values[item].real for kind in ("measured", "simulated"))
        gap = GAP * np.ptp(measured)
        for ax, one, other in zip(line, measured, simulated):
            draw_overlay(ax, ppm, one, other, gap - min(measured.min(), simulated.min()), _data(spectra))
        held = "alone" if alone else "largest share"
        line[0].set_ylabel(f"{name}\n{spectra['item'].values[item]}\n({held})", rotation=0, ha="right", va="center", fontsize=7)
    for ax, state in zip(axes[0], states):
        ax.set_title(TITLES[state])
    if rows:
        for ax in axes[-1]:
            ax.set_xlabel("chemical shift (ppm)")
        fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    else:
        style.say(axes[0, 0], "no spectrum with known concentrations")
    style.mark_synthetic(fig, spectra.attrs["origin"] == SYNTHETIC)
    return fig


def _data(spectra):
    """What the compared spectra are called on the picture."""
    return "stand-in" if spectra.attrs["origin"] == SYNTHETIC else "measured"


def error_figure(spectra: xr.Dataset):
    """Figure 9: simulated minus measured (real part): by frequency, as a histogram, and as a map; a row per edit state."""
    states = [state for state in ("diff", "off", "on") if state in spectra["state"].values]
    fig, axes = style.figure(style.PAGE_CM, 13.5, nrows=len(states), ncols=3, squeeze=False)
    ppm = spectra["ppm"].values
    for line, state in zip(axes, states):
        if not spectra.sizes["item"]:
            style.say(line[0], "no spectrum with known concentrations")
            continue
        pair = spectra.sel(state=state)
        error = pair["simulated"].values.real - pair["measured"].values.real
        draw_error_band(line[0], ppm, error)
        draw_error_histogram(line[1], error)
        draw_error_map(line[2], ppm, error)
        line[0].set_ylabel(f"{TITLES[state]}\nsimulated − {_data(spectra)}")
        line[1].set_ylabel("count (bins × spectra)")
        line[2].set_ylabel("error; colour: count (log)")
    for ax, label in zip(
        axes[-1], ("chemical shift (ppm)", "error (fraction of the edit-off maximum)", "chemical shift (ppm)")
    ):
        ax.set_xlabel(label)
    if spectra.sizes["item"]:
        axes[0, 0].legend(loc="upper left", fontsize=6)
    style.mark_synthetic(fig, spectra.attrs["origin"] == SYNTHETIC)
    return fig
