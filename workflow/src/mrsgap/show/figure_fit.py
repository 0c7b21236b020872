"""A fit as users know it: data and fit, baseline, residual above, metabolites below; ppm reversed."""

import numpy as np
import xarray as xr

from mrsgap.show import style

TITLES = {"off": "edit-off", "on": "edit-on", "diff": "difference (on − off)"}
COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.PURPLE, style.SKY, style.VERMILION)
LEAST_ROOM = 0.09  # of the data's height, for each metabolite


def draw_fit(ax, curves: xr.Dataset, channel: str) -> None:
    """One edit state of one item: `curves` holds ppm (bin,), data, fit, baseline (channel, bin), metabolites (..., bin).

    Residual above the data, metabolites below, all at one scale; NaN bins, and metabolites that are NaN, are left out.
    """
    one = curves.sel(channel=channel)
    ppm = one["ppm"].values
    kept = np.isfinite(ppm) & np.isfinite(one["data"].values)
    ax.set_title(TITLES.get(channel, channel))
    if not kept.any():  # the other edit state, or the other item, has a fit
        ax.text(0.5, 0.5, "no fit; the table says why", ha="center", va="center", transform=ax.transAxes)
        return
    data, fit, baseline = (one[name].values[kept] for name in ("data", "fit", "baseline"))
    ppm, height = ppm[kept], np.abs(data).max()
    residual = data - fit
    top = max(data.max(), fit.max()) + 0.08 * height - residual.min()
    ax.axhline(top, color=style.GREY, lw=0.4)
    ax.plot(ppm, top + residual, color=style.BLACK, lw=0.5)
    ax.annotate("residual", (ppm[0], top + residual.max()), va="bottom", ha="left", color=style.GREY)
    ax.plot(ppm, data, color=style.BLACK, lw=0.6, label="data")
    ax.plot(ppm, fit, color=style.VERMILION, lw=0.8, alpha=0.9, label="fit")
    ax.plot(ppm, baseline, color=style.GREY, lw=0.8, ls="--", label="baseline")
    level = min(0.0, data.min(), baseline.min())
    for name, colour in zip(one["metabolite"].values, COLOURS * one.sizes["metabolite"]):
        curve = one["metabolites"].sel(metabolite=name).values[kept]
        if np.isnan(curve).all():
            continue
        curve = np.nan_to_num(curve)
        level -= max(curve.max(), LEAST_ROOM * height) + 0.02 * height  # room for the name, however small the curve
        ax.plot(ppm, level + curve, color=colour, lw=0.7)
        ax.annotate(str(name), (ppm[-1], level), xytext=(2, 0), textcoords="offset points", va="center", color=colour)
        level += min(curve.min(), 0)
    style.ppm_axis(ax, ppm[0], ppm[-1])


def draw_fits(curves: xr.Dataset, titles: dict[str, str]):
    """A figure with one row per item of `curves` and one column per edit state; `titles` maps an item to its heading."""
    if not curves.sizes["item"]:
        fig, ax = style.figure(style.COLUMN_CM, 3)
        ax.text(0.5, 0.5, "no item could be fitted; the table of the fit says why", ha="center", va="center")
        ax.axis("off")
        return fig
    items, channels = curves["item"].values, curves["channel"].values
    fig, axes = style.figure(
        style.PAGE_CM if len(channels) > 1 else style.COLUMN_CM,
        8.5 * len(items),
        nrows=len(items),
        ncols=len(channels),
        squeeze=False,
    )
    for row, item in zip(axes, items):
        for ax, channel in zip(row, channels):
            draw_fit(ax, curves.sel(item=item), str(channel))
        row[0].set_title(f"{titles.get(str(item), str(item))}\n{row[0].get_title()}")
    axes[0, -1].legend(loc="upper right", bbox_to_anchor=(1.0, 0.92))
    return fig
