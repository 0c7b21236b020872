"""The picture of a family shows what it says it shows."""

import numpy as np
import pandas as pd
import pytest

from mrsgap.basis.family import Family
from mrsgap.core.acquisition import Acquisition
from mrsgap.show.figure_family import family_figure, shown_bases

ACQUISITION = Acquisition(123.23, 3.0, 2000.0, 512)


@pytest.fixture
def family():
    """Three scanners of two singlets; the random one has twice the signal."""
    line = [np.exp(2j * np.pi * ACQUISITION.frequency_hz(ppm) * ACQUISITION.time_s) for ppm in (2.008, 3.027)]
    one = np.repeat(np.array(line)[:, None], 2, axis=1)
    table = pd.DataFrame(
        {"larmor_mhz": 123.23, "group": ["", "", "random"], "basis": ["ideal", "ideal", "ideal"]},
        index=["ideal", "ideal-1.88", "random-000"],
    )
    fids = np.stack([one, one, 2 * one]).astype(np.complex64)
    return Family("pool", fids, tuple(table.index), ("NAA", "Cr"), ACQUISITION, table, (), {})


def test_only_bases_without_changes_are_drawn_by_name(family):
    assert family.named == ("ideal", "ideal-1.88")
    assert shown_bases(family) == ["ideal"]


def test_every_metabolite_has_a_row_with_members_band_and_named_basis(family):
    figure = family_figure(family, 2.0, {})
    axes = np.array(figure.axes).reshape(2, 3)
    assert [axis.get_ylabel() for axis in axes[:, 0]] == ["NAA", "Cr"]
    off = axes[1, 0]
    members, named = off.lines[:3], off.lines[3:]
    assert [line.get_label() for line in named] == ["ideal"]
    assert max(members[2].get_ydata()) == pytest.approx(1)
    assert max(named[0].get_ydata()) == pytest.approx(0.5, abs=1e-6)
    peak = members[2].get_xdata()[np.argmax(members[2].get_ydata())]
    assert peak == pytest.approx(3.027, abs=0.01)
    assert np.abs(axes[1, 2].lines[2].get_ydata()).max() == pytest.approx(0, abs=1e-6)  # no difference
