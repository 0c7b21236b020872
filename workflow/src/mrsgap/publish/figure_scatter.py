"""Figure 6: estimated against true concentrations on simulated spectra, every network and metabolite."""

import pandas as pd

from mrsgap.publish.evidence import Evidence
from mrsgap.publish.method_rows import method_rows
from mrsgap.publish.simulation_table import STUDY_NETWORKS
from mrsgap.show import style
from mrsgap.show.scatter import draw_scatter


def simulation_scatter_figure(judged: pd.DataFrame, evidence: Evidence, settings: dict, training_set: str):
    """Grid of metabolites (rows) and networks (columns); `judged` are the answers of single trained copies."""
    metabolites = settings["overall"]
    rows = [row for row in method_rows(evidence.summary, settings, training_set, STUDY_NETWORKS) if row.group == "study"]
    size = (style.PAGE_CM, 2.55 * len(metabolites) + 1.6)
    fig, axes = style.figure(*size, nrows=len(metabolites), ncols=max(len(rows), 1), squeeze=False)
    lines = evidence.agreement.set_index(["label", "metabolite"])
    for place, (column, row) in enumerate(zip(axes.T, rows)):
        column[0].set_title(row.name, fontsize=7)
        for ax, metabolite in zip(column, metabolites):
            if row.why_absent:
                style.say(ax, row.why_absent)
                continue
            label = row.rows["label"].iloc[0]
            mine = judged[(judged["label"] == label) & (judged["metabolite"] == metabolite)]
            line = dict(lines.loc[(label, metabolite)])
            draw_scatter(ax, mine["truth"], mine["estimate"], style.look(row.name)["color"], line)
            if place:
                ax.tick_params(labelleft=False)
            if metabolite != metabolites[-1]:
                ax.tick_params(labelbottom=False)
    for ax, metabolite in zip(axes[:, 0], metabolites):
        ax.set_ylabel(metabolite)
    fig.supxlabel("true concentration (max-normalised)", fontsize=7.5)
    fig.supylabel("estimated concentration (max-normalised)", fontsize=7.5)
    return fig
