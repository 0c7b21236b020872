"""Figure 1b: the same metabolites in every basis, and how much the choice of simulation changes them."""

import xarray as xr

from mrsgap.basis.compare import FEATURE_PPM
from mrsgap.core.names import METABOLITE, OFF
from mrsgap.show import style
from mrsgap.show.figure_basis import HIGH_PPM, LOW_PPM, basis_spectra


def draw_comparisons(bases: dict[str, xr.Dataset], linewidth_hz: float):
    """A figure with one row per metabolite of the first basis and one column per edit state; every basis in its own line.

    Each basis is scaled by its own NAA (else its largest) edit-off peak, so that what differs is what a ratio to NAA would
    miss.
    """
    names = list(next(iter(bases.values()))[METABOLITE].values)
    fig, axes = style.figure(style.PAGE_CM, 2.7 * len(names) + 1.6, nrows=len(names), ncols=3, squeeze=False)
    looks = [(style.BLACK, "-"), (style.VERMILION, "--"), (style.SKY, "-."), (style.GREEN, ":")]
    for (label, basis), (colour, dash) in zip(bases.items(), looks * len(bases)):
        ppm, states = basis_spectra(basis, linewidth_hz)
        present = list(basis[METABOLITE].values)
        reference = abs(states[OFF][present.index("NAA")] if "NAA" in present else states[OFF]).max()
        for name in (name for name in names if name in present):
            for ax, values in zip(axes[names.index(name)], states.values()):
                ax.plot(ppm, values[present.index(name)] / reference, color=colour, ls=dash, lw=0.8, label=label)
    for row, name in zip(axes, names):
        low, high = min(ax.get_ylim()[0] for ax in row), max(ax.get_ylim()[1] for ax in row)
        for ax in row:
            ax.axhline(0, color=style.GREY, lw=0.3, zorder=0)
            ax.set_ylim(low, high)
            style.ppm_axis(ax, HIGH_PPM, LOW_PPM, label=ax in axes[-1])
            ax.tick_params(axis="x", labelbottom=ax in axes[-1])
        row[0].annotate(f"{name}\nheight {high - low:.2g}", (-0.02, 0.5), xycoords="axes fraction", ha="right", va="center")
    for ax, title in zip(axes[0], ("edit-off", "edit-on", "difference (on − off)")):
        ax.set_title(title)
    if "NAA" in names:
        _magnify(axes[names.index("NAA"), 1])
    fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=len(bases))
    return fig


def _magnify(ax, band_ppm=FEATURE_PPM, factor=6):
    """The lines of `ax` in a band, magnified, in the empty upper part of the same axes."""
    low, high = ax.get_ylim()
    inset = ax.inset_axes((0.04, 0.62, 0.62, 0.4))
    for line in ax.get_lines():
        if len(line.get_xdata()) > 2:
            inset.plot(line.get_xdata(), line.get_ydata(), color=line.get_color(), ls=line.get_linestyle(), lw=0.8)
    style.ppm_axis(inset, band_ppm[1] + 0.15, band_ppm[0] - 0.15, label=False)
    reach = (high - low) / factor / 2
    inset.set_ylim(-reach, reach)
    inset.annotate(f"× {factor}", (0.98, 0.98), xycoords="axes fraction", ha="right", va="top")
    inset.tick_params(labelsize=6)
