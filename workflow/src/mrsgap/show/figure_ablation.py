"""What closes the gap: the error of networks by what they have learnt, one panel for each set they are judged on."""

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from mrsgap.show import style

JUDGED = ("Cr", "GABA", "Gln", "Glu")  # the study's, over which errors are averaged
COLOURS = (style.BLUE, style.VERMILION, style.GREEN, style.ORANGE)


def ablation_figure(errors: pd.DataFrame):
    """`errors` as of `trust.ablation`: means over the metabolites, every seed as a point, a line through the seeds' means."""
    panels, sets = (list(dict.fromkeys(errors[name])) for name in ("judged_on", "training_set"))
    architectures = list(dict.fromkeys(errors["architecture"]))
    network = ["judged_on", "architecture", "training_set", "seed"]
    means = errors[errors["metabolite"].isin(JUDGED)].groupby(network)["mae"].mean()
    fig, axes = style.figure(style.PAGE_CM, 8.0, ncols=len(panels), sharey=True, squeeze=False)
    for ax, panel in zip(axes.flat, panels):
        for architecture, colour in zip(architectures, COLOURS):
            own = means[panel, architecture].unstack("seed").reindex(sets)  # (training set, seed)
            place = np.arange(len(sets))
            for seed in own:
                ax.plot(place, own[seed], ".", color=colour, ms=3)
            ax.plot(place, own.mean(axis=1), "-", color=colour)
        ax.set_title(panel)
        ax.set_yscale("log")
        ax.set_xticks(np.arange(len(sets)), sets, rotation=90)
    axes.flat[0].set_ylabel("mean absolute error of Cr, GABA, Gln, Glu")
    lines = [Line2D([], [], color=colour, label=name) for name, colour in zip(architectures, COLOURS)]
    fig.legend(handles=lines, loc="outside lower center", ncols=len(lines))
    return fig
