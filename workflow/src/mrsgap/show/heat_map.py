"""Which training set brings the smaller errors: a heat map of series and metabolites."""

import matplotlib as mpl
import numpy as np

from mrsgap.show import style


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
