"""Figure 8: measured and simulated spectra of one item per metabolite, with the residual below."""

import numpy as np
import xarray as xr

from mrsgap.core.names import SYNTHETIC
from mrsgap.show import style

TITLES = {"off": "edit-off", "on": "edit-on", "diff": "difference (on − off)"}
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
            draw_overlay(ax, ppm, one, other, gap - min(measured.min(), simulated.min()), data_name(spectra))
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


def draw_overlay(ax, ppm, measured, simulated, gap: float, data: str) -> None:
    """Measured (black, called `data`) over simulated (colour); below, on its own zero line, the residual."""
    ax.axhline(0, color=style.GREY, lw=0.3)
    ax.plot(ppm, simulated, color=style.VERMILION, lw=1.0, ls="--", label="simulated")
    ax.plot(ppm, measured, color=style.BLACK, lw=0.6, label=data)
    ax.axhline(-gap, color=style.GREY, lw=0.3)
    ax.plot(ppm, simulated - measured - gap, color=style.BLUE, lw=0.5, label=f"simulated − {data}")
    style.ppm_axis(ax, ppm[0], ppm[-1], label=False)


def data_name(spectra):
    """What the compared spectra are called on the picture."""
    return "stand-in" if spectra.attrs["origin"] == SYNTHETIC else "measured"
