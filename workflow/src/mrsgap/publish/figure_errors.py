"""Figure 7: absolute errors on the phantoms by series, metabolite and method."""

import numpy as np

from mrsgap.publish.error_tables import STUDY_METHODS, in_order
from mrsgap.publish.evidence import Evidence, constant_mae
from mrsgap.show import style
from mrsgap.show.error_strips import draw_strips, strip_legend


def phantom_errors_figure(phantoms: Evidence, simulated: Evidence, settings: dict, training_set: str):
    """One panel per metabolite; series side by side, methods within; dashed: the same networks on simulated spectra."""
    metabolites = settings["overall"]
    methods = [
        row for row in phantoms.methods(settings, training_set, STUDY_METHODS) if row.group in ("study", "own", "oracle")
    ]
    series = in_order(name for name in phantoms.items["series"].unique() if name)
    fig, axes = style.figure(
        style.PAGE_CM, 4.1 * len(metabolites) + 2, nrows=len(metabolites), ncols=1, sharex=True, squeeze=False
    )
    for ax, metabolite in zip(axes[:, 0], metabolites):
        ax.set_ylabel(f"{metabolite}\nabsolute error")
        if not methods:
            style.say(ax, "no results at this scale")
            continue
        errors, references = {}, {}
        for row in methods:
            mine = phantoms.items[
                (phantoms.items["label"] == row.rows["label"].iloc[0]) & (phantoms.items["metabolite"] == metabolite)
            ]
            errors[row.name] = {name: part["abs_error"].to_numpy() for name, part in mine.groupby("series")}
            same = simulated.summary[
                (simulated.summary["method"] == row.rows["method"].iloc[0]) & (simulated.summary["member"] == "copy")
            ]
            same = same[(same["metabolite"] == metabolite) & (same["training_set"] == row.rows["training_set"].iloc[0])]
            references[row.name] = float(same["mae"].iloc[0]) if len(same) else np.nan
        draw_strips(ax, errors, series, references, constant_mae(phantoms.summary, metabolite))
    if methods:
        axes[-1, 0].set_xlabel("series")
        strip_legend(fig, [row.name for row in methods])
    style.mark_synthetic(fig, phantoms.synthetic)
    return fig
