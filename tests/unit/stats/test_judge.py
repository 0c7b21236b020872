"""Series that the paper leaves out count for the comparison of training sets alone."""

import pandas as pd
import pytest
from estimates import SERIES, compositions, estimates, study
from loaded_script import load_script

from mrsgap.stats.judge import set_apart

SETTINGS = {
    "overall": ["Cr", "GABA", "Gln", "Glu"], "bound": "lcm-joint", "basis": "study", "level": 0.95, "bootstrap_draws": 100,
    "phantoms": "phantoms", "snr_groups": 2,
}  # fmt: skip


def test_only_the_named_series_of_the_named_set_are_set_apart():
    rows = pd.DataFrame({"dataset": ["a", "a", "b"], "series": ["E4", "E5", "E5"]})
    ours, apart = set_apart(rows, "a", ["E5"])
    assert (ours.index.tolist(), apart.index.tolist()) == ([0, 2], [1])
    assert set_apart(rows, "a", [])[1].empty


@pytest.fixture
def summarised(tmp_path):
    """Tables by name of the script that summarises errors, with some series set apart."""

    def run(apart, **more):
        truths = compositions(SERIES | more)
        other = [estimates("cnn", truths, sd=0.4, training_set=name, member=("", "0")) for name in ("train", "wide")]
        pd.concat([study(SERIES | more), *other]).drop_duplicates().to_csv(tmp_path / "quantities.csv", index=False)
        pd.DataFrame(columns=["training_set", "norm", "metabolite", "mean"]).to_csv(tmp_path / "compositions.csv", index=False)
        snr = pd.DataFrame({"item": truths["item"], "snr_naa": range(len(truths)), "snr_cr": 1.0})
        snr.to_csv(tmp_path / "quality.csv", index=False)
        names = ("per_item", "series", "overall", "apart", "groups", "differences")
        given = {name: str(tmp_path / f"{name}.csv") for name in ("quantities", "compositions", "quality")}
        outputs = {name: str(tmp_path / f"out-{name}.csv") for name in names}
        load_script("summarise_errors").main(outputs, **given, settings=SETTINGS | {"apart": apart}, generating={}, seed=1)
        return {name: pd.read_csv(path, keep_default_na=False) for name, path in outputs.items()}

    return run


def test_what_is_set_apart_changes_no_number_of_the_study(summarised):
    without, beside = summarised(["E5a"]), summarised(["E5a"], E5a=3)
    assert without["apart"].empty
    assert set(beside["apart"]["series"]) == {"E5a"}
    for name in ("per_item", "series"):
        assert "E5a" not in set(beside[name]["series"])
    assert beside["overall"]["n_items"].tolist() == without["overall"]["n_items"].tolist()
    assert set(summarised([], E5a=3)["series"]["series"]) == {*SERIES, "E5a"}
