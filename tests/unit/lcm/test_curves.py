"""Which fits are drawn, also where some methods, or all, have nothing to fit."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from loaded_script import load_script

from mrsgap.core.names import ITEM, MEASURED, SIMULATED
from mrsgap.core.store import read_dataset, write_dataset
from mrsgap.lcm.curves import best_median_worst, fit_curves, kept_curves, worth_drawing
from mrsgap.show import style
from mrsgap.show.figure_fit import draw_fits


class Part:
    """What `worth_drawing` looks at of a finished fit."""

    def __init__(self, kind, residuals):
        self.kind = kind
        self.quality = pd.DataFrame({"item": [f"{i}" for i in range(len(residuals))], "residual_over_noise": residuals})


def test_least_median_and_largest():
    assert best_median_worst(Part("joint", [3.0, 1.0, 2.0]).quality) == {"least": "1", "median": "2", "largest": "0"}


def test_a_difference_alone_is_drawn_from_its_own_fit():
    parts = [Part("joint", [np.nan]), Part("off", [np.nan]), Part("diff", [1.0])]
    drawn, items = worth_drawing(parts, ["joint", "off", "diff"])
    assert [part.kind for part in drawn] == ["diff"]
    assert set(items.values()) == {"0"}


@pytest.mark.parametrize("parts", [[], [Part("joint", [np.nan])]])
def test_nothing_to_draw_is_said_on_the_picture(parts, tmp_path):
    drawn, items = worth_drawing(parts, ["joint"])
    write_dataset(fit_curves(drawn, list(items.values())), tmp_path / "curves.zarr")
    fig = draw_fits(read_dataset(tmp_path / "curves.zarr", "data", "fit").load(), {})
    assert "no item could be fitted" in fig.axes[0].texts[0].get_text()
    style.plt.close(fig)


def test_the_script_draws_what_a_store_holds(tmp_path):
    write_dataset(kept_curves([], ["joint"], MEASURED), tmp_path / "curves.zarr")
    load_script("figure_fit").main(str(tmp_path / "curves.zarr"), [str(tmp_path / "fit.png")])
    assert (tmp_path / "fit.png").stat().st_size > 0


@pytest.mark.parametrize(("origin", "count"), [(SIMULATED, 3), (MEASURED, 100)])
def test_every_recording_is_kept_but_three_of_simulated_spectra(origin, count, monkeypatch):
    monkeypatch.setattr("mrsgap.lcm.curves.fit_curves", lambda _, items: xr.Dataset(coords={ITEM: items}))
    curves = kept_curves([Part("joint", np.arange(120.0))], ["joint"], origin)
    assert curves.sizes[ITEM] == count
    assert [str(word) for word in curves["rank"].values if word] == ["least", "median", "largest"]
