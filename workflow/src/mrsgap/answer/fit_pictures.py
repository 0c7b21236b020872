"""Pictures of fits as SVG text inside the page: sharp at any size, offline, small enough for a hundred spectra.

Residual above, data with fit and baseline, metabolites below, each named; ppm reversed. Numbers are tenths of a fixed
drawing area, so that a curve of 500 points takes about 5 kB.
"""

from collections.abc import Iterable
from html import escape

import numpy as np
import xarray as xr

WIDTH, HEIGHT = 640, 460
FOOT = 40  # for the ppm axis
RIGHT = 60  # for the names of metabolites
POINTS = 500
TITLES = {"off": "edit-off", "on": "edit-on", "diff": "difference (on − off)"}
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#a6761d")
LEAST = 0.004  # of the data's height: a metabolite below it is not drawn


def first_pictures(stores: Iterable[xr.Dataset]) -> dict[str, list[str]]:
    """`pictures` of several methods' curves: of each item by the first method that has any."""
    chosen: dict[str, list[str]] = {}
    for curves in stores:
        for item, drawn in pictures(curves).items():
            chosen.setdefault(item, drawn)
    return chosen


def pictures(curves: xr.Dataset) -> dict[str, list[str]]:
    """SVG texts by item, one for each edit state with a fit; `curves` as of lcm.curves.fit_curves."""
    if not curves.sizes.get("item"):
        return {}
    return {
        str(item): drawn
        for item in curves["item"].values
        if (drawn := [text for state in curves["channel"].values if (text := picture(curves.sel(item=item), str(state)))])
    }


def picture(curves: xr.Dataset, channel: str) -> str:
    """One edit state of one item as SVG; `curves` holds ppm (bin,), data, fit, baseline (channel, bin), metabolites (..., bin).

    Empty where nothing was fitted.
    """
    one = curves.sel(channel=channel)
    kept = np.flatnonzero(np.isfinite(one["ppm"].values) & np.isfinite(one["data"].values))
    if len(kept) < 2:
        return ""
    kept = kept[:: max(1, -(-len(kept) // POINTS))]
    ppm, data, fit, baseline = (one[name].values[kept].astype(float) for name in ("ppm", "data", "fit", "baseline"))
    height = np.abs(data).max() or 1.0
    each = {}
    if "metabolites" in one:
        for name in one["metabolite"].values:
            curve = np.nan_to_num(one["metabolites"].sel(metabolite=name).values[kept].astype(float))
            if np.abs(curve).max() >= LEAST * height:
                each[str(name)] = curve
    residual = data - fit
    top = max(data.max(), fit.max()) + 0.05 * height - residual.min()
    lines = [("residual", residual + top, "#555", 1), ("data", data, "#111", 1.2), ("fit", fit, "#d55e00", 1.4),
             ("baseline", baseline, "#888", 1)]  # fmt: skip
    names, level = [("residual", top, "#555")], min(0.0, data.min(), baseline.min())
    for (name, curve), colour in zip(each.items(), COLOURS * (1 + len(each) // len(COLOURS))):
        level -= max(curve.max(), 0.05 * height) + 0.02 * height
        lines.append((name, curve + level, colour, 1))
        names.append((name, level, colour))
        level += min(curve.min(), 0.0)
    return _svg(channel, ppm, lines, names)


def _svg(channel: str, ppm, lines, names) -> str:
    low, high = min(curve.min() for _, curve, _, _ in lines), max(curve.max() for _, curve, _, _ in lines)
    left, right = ppm.max(), ppm.min()
    x = (left - ppm) / (left - right) * (WIDTH - RIGHT)

    def y(value):
        return (high - value) / ((high - low) or 1.0) * (HEIGHT - FOOT - 28) + 24

    parts = [f'<polyline fill="none" stroke="{colour}" stroke-width="{width}" points="{_points(x, y(curve))}">'
             f"<title>{escape(name)}</title></polyline>" for name, curve, colour, width in lines]  # fmt: skip
    for name, level, colour in names:
        parts.append(f'<text x="{WIDTH - RIGHT + 4}" y="{y(level) + 4:.0f}" fill="{colour}">{escape(name)}</text>')
    for tick in np.arange(np.ceil(right * 2) / 2, left + 1e-9, 0.5):
        place = (left - tick) / (left - right) * (WIDTH - RIGHT)
        parts.append(f'<text x="{place:.0f}" y="{HEIGHT - 22}" text-anchor="middle">{tick:.1f}</text>')
        parts.append(f'<line x1="{place:.0f}" x2="{place:.0f}" y1="{HEIGHT - 40}" y2="{HEIGHT - 35}" stroke="#555"/>')
    parts.append(f'<text x="{(WIDTH - RIGHT) // 2}" y="{HEIGHT - 5}" text-anchor="middle">chemical shift (ppm)</text>')
    title = escape(TITLES.get(channel, channel))
    parts.append(f'<text x="4" y="16" font-weight="600">{title}</text>')
    label = f"{title}: data black, fit orange, baseline grey, residual above, metabolites below"
    return (f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}" data-left="{left:.4f}" '
            f'data-right="{right:.4f}" data-span="{(WIDTH - RIGHT) / WIDTH:.4f}"><title>{title}</title>'
            f"{''.join(parts)}</svg>")  # fmt: skip


def _points(x, y) -> str:
    return " ".join(f"{a:.0f},{b:.1f}" for a, b in zip(x, y))
