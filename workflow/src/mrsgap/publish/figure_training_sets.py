"""Which training set brings the smaller errors: the heat map of the group's poster, series by metabolite."""

import matplotlib as mpl
import numpy as np
import pandas as pd

from mrsgap.publish.evidence import in_order
from mrsgap.show import style

ACROSS = 4  # panels side by side
NOTABLE, SIGNIFICANT = 1.0, 0.05  # a Wasserstein distance, and a one-tailed p, from which on a cell bears a mark
LESS, MORE = "▼", "▲"  # the other set errs less, or more, by the one-tailed test
KEY = (
    "Wasserstein distance in SD of errors, signed: blue = the second set errs less, red = more; number: change of MAE, where\n"
    f"the distance is above {NOTABLE:g}; {LESS} {MORE}: less or more by a one-tailed signed-rank test (p < {SIGNIFICANT:g})"
)


def training_sets_figure(distances: pd.DataFrame, metabolites: list[str], names: dict[str, str], synthetic: bool):
    """Per network (by its name in `names`) and pair of training sets: distance between errors by series and metabolite."""
    panels = list(distances[distances["metabolite"].isin(metabolites)].groupby(["method", "reference", "other"], sort=False))
    if not panels:
        fig, axes = style.figure(style.COLUMN_CM, 4.0, squeeze=False)
        style.say(axes[0, 0], "no network was trained on two training sets")
        style.mark_synthetic(fig, synthetic)
        return fig
    order = {method: place for place, method in enumerate(names)}
    panels.sort(key=lambda panel: order.get(panel[0][0], len(order)))  # one network's pairs side by side
    rows, across = -(-len(panels) // ACROSS), min(len(panels), ACROSS)
    series = in_order(distances["series"].unique())
    height = 2.2 + rows * (1.2 + 0.36 * len(series))
    fig, axes = style.figure(style.PAGE_CM, height, nrows=rows, ncols=across, sharey=True, squeeze=False)
    limit = max(2.0, min(5.0, float(distances["distance"].max())))
    for ax, ((method, reference, other), part) in zip(axes.flat, panels):
        image = draw_distances(ax, part, series, metabolites, limit)
        ax.set_title(f"{names.get(method, method)}\n{reference} → {other}", fontsize=6.5)
    for ax in axes.flat[len(panels) :]:
        ax.set_axis_off()
    bar = fig.colorbar(image, ax=axes, orientation="horizontal", aspect=40, pad=0.02)
    bar.set_label(KEY)
    style.mark_synthetic(fig, synthetic)
    return fig


def draw_distances(ax, part: pd.DataFrame, series: list[str], metabolites: list[str], limit: float):
    """Colour is the distance between error distributions, signed by which set is better.

    `part` has a row (`stats.comparison.training_set_distances`) for each cell, or none. Numbers and marks as in `KEY`. Returns
    the image for a colour bar.
    """
    distance, change, less, more = (
        part.pivot(index="series", columns="metabolite", values=name).reindex(series, columns=metabolites).to_numpy(float)
        for name in ("distance", "mae_change", "p_less", "p_more")
    )  # (series, metabolite) each
    signed = np.sign(change) * distance
    image = ax.imshow(signed, cmap=mpl.colormaps["RdBu_r"], vmin=-limit, vmax=limit, aspect="auto")
    for row, column in np.ndindex(distance.shape):
        number = f"{change[row, column]:+.2f}".replace("-", "−") if distance[row, column] > NOTABLE else ""
        mark = LESS if less[row, column] < SIGNIFICANT else MORE if more[row, column] < SIGNIFICANT else ""
        dark = abs(signed[row, column]) > 0.6 * limit
        ax.text(column, row, f"{number}{mark}", ha="center", va="center", fontsize=5, color="white" if dark else style.BLACK)
    ax.set_xticks(range(len(metabolites)), labels=metabolites)
    ax.set_yticks(range(len(series)), labels=series)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return image
