"""A family of bases: how far every metabolite's multiplets spread over its scanners, and where the named bases lie."""

import numpy as np
import xarray as xr

from mrsgap.basis.family import Family
from mrsgap.core.names import DIFF, OFF, ON
from mrsgap.show import style
from mrsgap.show.figure_spectra_quality import TITLES, display_spectra

HIGH_PPM, LOW_PPM = 4.2, 1.0
SPREAD = (2.5, 97.5)  # percentiles over members
NAMED_COLOURS = (style.BLUE, style.VERMILION, style.GREEN, style.PURPLE)


def family_figure(family: Family, linewidth_hz: float, measured: dict[str, xr.Dataset]):
    """One row per metabolite and one per set of `measured` (by name; its first item), one column per edit state."""
    rows = len(family.metabolites) + len(measured)
    fig, axes = style.figure(style.PAGE_CM, 1.0 + 3.2 * rows, nrows=rows, ncols=3, squeeze=False, sharex=True, sharey="row")
    ppm, spectra = family.spectra(linewidth_hz)
    for column, state in zip(axes.T, (OFF, ON, DIFF)):
        column[0].set_title(TITLES[state])
    for row, metabolite in enumerate(family.metabolites):
        draw_metabolite(axes[row], family, ppm, spectra[:, row].real)
        axes[row, 0].set_ylabel(metabolite)
    for row, (name, dataset) in zip(axes[len(family.metabolites) :], measured.items()):
        draw_measured(row, dataset)
        row[0].set_ylabel(name)
    for ax in axes.flat:
        style.ppm_axis(ax, HIGH_PPM, LOW_PPM, label=ax in axes[-1])
    fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper left", ncols=6)
    return fig


def shown_bases(family: Family) -> list[str]:
    """Members that are a configured basis without any change, as many as there are colours."""
    return [name for name in family.named if family.table.loc[name, "basis"] == name][: len(NAMED_COLOURS)]


def draw_metabolite(axes, family: Family, ppm: np.ndarray, off_and_on: np.ndarray) -> None:
    """One Axes per edit state: the spread over members, every member, and the named bases; `off_and_on` (member, edit, bin)."""
    band = (ppm <= HIGH_PPM) & (ppm >= LOW_PPM)
    off, on = np.moveaxis(off_and_on[..., band], 1, 0)
    scale = np.abs(off).max()
    for ax, values in zip(axes, (off, on, on - off)):
        low, high = np.percentile(values / scale, SPREAD, axis=0)
        ax.plot(ppm[band], values.T / scale, color=style.GREY, lw=0.15, alpha=0.15)
        ax.fill_between(
            ppm[band], low, high, color=style.SKY, alpha=0.7, lw=0, label=f"{SPREAD[1] - SPREAD[0]:g} % of scanners"
        )
        for name, colour in zip(shown_bases(family), NAMED_COLOURS):
            ax.plot(ppm[band], values[family.members.index(name)] / scale, color=colour, lw=0.6, label=name)


def draw_measured(axes, dataset: xr.Dataset) -> None:
    """The first item of a recorded set, one Axes per edit state; a state that it lacks stays empty."""
    states = next(iter(display_spectra(dataset).values()))
    for ax, state in zip(axes, (OFF, ON, DIFF)):
        if state in states:
            ax.plot(*states[state], color=style.BLACK, lw=0.6)
        else:
            style.say(ax, "not recorded")
