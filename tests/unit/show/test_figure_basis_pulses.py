"""Pictures hold what they say: drawn from data, reversed axes, nothing drawn outside."""

import numpy as np
import pytest
import xarray as xr
from reference_data import config

from mrsgap.basis.plan import make_plan, read_pulse
from mrsgap.core.acquisition import Acquisition
from mrsgap.show import style
from mrsgap.show.figure_basis_pulses import draw_basis, draw_comparisons, draw_profile, draw_sequence, draw_waveform, pulse_row

ACQUISITION = Acquisition(123.23, 3.0, 2000.0, 512)


@pytest.fixture
def basis():
    lines = np.exp(2j * np.pi * np.outer([ACQUISITION.frequency_hz(s) for s in (2.008, 3.027)], ACQUISITION.time_s))
    fid = np.stack([lines, 0.5 * lines], axis=1).astype(np.complex64)
    return xr.Dataset({"fid": (("metabolite", "edit", "time"), fid)}, {"metabolite": ["NAA", "Cr"], "edit": ["off", "on"]},
                      ACQUISITION.as_attributes())  # fmt: skip


def test_basis_axes_run_from_high_to_low_ppm(basis):
    fig, axes = style.figure(10, 6, ncols=3)
    draw_basis(axes, basis, 2.0)
    for ax in axes:
        assert ax.get_xlim() == (4.5, 1.0)
    style.plt.close(fig)


def test_comparison_has_a_row_per_metabolite_and_names_each_basis(basis):
    fig = draw_comparisons({"one": basis, "two": basis}, 2.0)
    assert len([ax for ax in fig.axes if ax.get_title()]) == 3
    assert {text.get_text() for legend in fig.legends for text in legend.get_texts()} == {"one", "two"}
    style.plt.close(fig)


def test_sequence_and_pulses_draw_and_tell(tmp_path):
    sequences = config("sequence.yaml")
    plan = make_plan(config("config.yaml")["bases"]["study"], sequences["sequences"], sequences["pulses"])
    pulse = read_pulse("sinc_gauss", sequences["pulses"])
    fig, axes = style.figure(10, 10, ncols=3)
    draw_sequence(axes[0], plan.sequence)
    draw_waveform(axes[1], pulse, "edit")
    draw_profile(axes[2], pulse, 123.23)
    assert "TE = 68 ms" in {text.get_text() for text in axes[0].texts}
    style.save(fig, tmp_path / "a.png", tmp_path / "a.pdf")
    assert pulse_row("edit", pulse)["bandwidth_hz"] == pytest.approx(60.65, rel=1e-2)
    first = (tmp_path / "a.pdf").read_bytes()
    assert b"CreationDate" not in first
