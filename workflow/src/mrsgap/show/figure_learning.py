"""Learning curves: error of the held-out items over the epochs, one panel for each architecture, one line for each network."""

import json
from pathlib import Path

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from mrsgap.core.errors import InputError
from mrsgap.show import style

COLOURS = (style.BLUE, style.VERMILION, style.GREEN, style.ORANGE)


def read_histories(folders) -> pd.DataFrame:
    """Histories of trained networks, one table: `history.csv` of every folder with its method, training set and kind of run."""
    parts = []
    for folder in map(Path, folders):
        try:
            about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            history = pd.read_csv(folder / "history.csv")
        except (OSError, ValueError) as error:
            raise InputError(f"no trained network in `{folder}`: {error}", cure="Delete the folder and train again") from error
        parts.append(history.assign(method=about["method"], training_set=about["training_set"]))
    return pd.concat(parts, ignore_index=True)


def draw_learning(ax, history: pd.DataFrame, colours: dict[str, str]) -> None:
    """Curves of one method: held-out error (solid), training error (thin, pale), best epochs as points; logarithmic.

    The error is the mean absolute error of the concentrations, or the loss for a network that gives none.
    """
    measure = "mae" if history["held_out_mae"].notna().any() else "loss"
    for (training_set, _), curve in history.groupby(["training_set", "run"], sort=False):
        colour = colours[training_set]
        epochs = curve["epoch"] + 1
        ax.plot(epochs, curve[measure], color=colour, lw=0.5, alpha=0.35)
        ax.plot(epochs, curve[f"held_out_{measure}"], color=colour)
        best = curve[f"held_out_{measure}"].idxmin()
        ax.plot(epochs[best], curve.loc[best, f"held_out_{measure}"], "o", ms=2.5, color=colour)
    ax.set_yscale("log")
    ax.set_title(history["method"].iloc[0])
    ax.set_xlabel("epoch")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_ylabel("mean absolute error" if measure == "mae" else "loss")


def learning_figure(history: pd.DataFrame):
    """All methods side by side, four to a row."""
    methods = list(dict.fromkeys(history["method"]))
    colours = dict(zip(dict.fromkeys(history["training_set"]), COLOURS * len(methods)))
    rows = -(-len(methods) // 4)
    fig, axes = style.figure(style.PAGE_CM, 1.2 + 4.8 * rows, nrows=rows, ncols=4, squeeze=False)
    for ax, method in zip(axes.flat, methods):
        draw_learning(ax, history[history["method"] == method], colours)
    for ax in axes.flat[len(methods) :]:
        ax.set_axis_off()
    lines = [Line2D([], [], color=colour, label=name) for name, colour in colours.items()]
    lines.append(Line2D([], [], color=style.GREY, lw=0.5, label="training items"))
    fig.legend(handles=lines, loc="outside lower center", ncols=len(lines))
    return fig
