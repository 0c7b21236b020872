"""One fit's Cramer-Rao bounds beside every method's errors: a method without bounds of its own is judged against the data's.

A root mean square error below the bound means that apparent precision is bias (Rizzo et al., Magn Reson Med 2023;89:1707).
"""

import pandas as pd

from mrsgap.stats.methods import pick

SPECTRUM = ["dataset", "item", "metabolite"]


def with_reference_bound(items: pd.DataFrame, method: str, basis: str) -> pd.DataFrame:
    """`items` (`errors.item_errors`) with `fit_crlb`: the bound of the fit `method` on the same spectrum and metabolite.

    NaN where that fit has none. `basis` decides between fits with several bases.
    """
    bounds = pick(items, method, "", basis).drop_duplicates(SPECTRUM).set_index(SPECTRUM)["crlb"]
    wanted = pd.MultiIndex.from_frame(items[SPECTRUM])
    return items.assign(fit_crlb=bounds.reindex(wanted).to_numpy(float))
