"""Which training set brings the smaller errors: the heat map of the group's poster, series by metabolite."""

import matplotlib as mpl
import numpy as np
import pandas as pd

from mrsgap.publish.evidence import in_order
from mrsgap.show import style


def training_sets_figure(distances: pd.DataFrame, metabolites: list[str], names: dict[str, str], synthetic: bool):
    """Per network (by its name in `names`) and pair of training sets: distance between errors by series and metabolite."""
    panels = list(distances[distances["metabolite"].isin(metabolites)].groupby(["method", "reference", "other"], sort=False))
    width = style.PAGE_CM if len(panels) > 1 else style.COLUMN_CM
    fig, axes = style.figure(width, 8.5 if panels else 4.0, nrows=1, ncols=max(len(panels), 1), sharey=True, squeeze=False)
    if not panels:
        style.say(axes[0, 0], "no network was trained on two training sets")
    limit = max(2.0, min(5.0, float(distances["distance"].max()))) if len(distances) else 2.0
    for ax, ((method, reference, other), part) in zip(axes[0], panels):
        series = in_order(part["series"].unique())
        distance, change = (
            part.pivot(index="series", columns="metabolite", values=name).reindex(series, columns=metabolites).to_numpy(float)
            for name in ("distance", "mae_change")
        )
        image = draw_distances(ax, distance, change, series, metabolites, limit)
        ax.set_title(f"{names.get(method, method)}\n{reference} → {other}", fontsize=6.5)
    if panels:
        bar = fig.colorbar(image, ax=axes, orientation="horizontal", aspect=40, pad=0.02)
        bar.set_label(
            "Wasserstein distance in SD of errors, signed: blue = the second set errs less, red = more; number: change of MAE"
        )
    style.mark_synthetic(fig, synthetic)
    return fig


def draw_distances(ax, distance: np.ndarray, change: np.ndarray, series: list[str], metabolites: list[str], limit: float):
    """Colour is the distance between error distributions, signed by which set is better; the number is the change of MAE.

    `distance`, `change`: (series, metabolite); only notable changes (distance > 1) carry a number, as in the group's poster.
    Returns the image for a colour bar.
    """
    signed = np.sign(change) * distance
    image = ax.imshow(signed, cmap=mpl.colormaps["RdBu_r"], vmin=-limit, vmax=limit, aspect="auto")
    for row, column in np.argwhere(distance > 1):
        dark = abs(signed[row, column]) > 0.6 * limit
        text = f"{change[row, column]:+.2f}".replace("-", "−")
        ax.text(column, row, text, ha="center", va="center", fontsize=5.5, color="white" if dark else style.BLACK)
    ax.set_xticks(range(len(metabolites)), labels=metabolites)
    ax.set_yticks(range(len(series)), labels=series)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return image
