"""The picture of simulated spectra shows items from quiet to noisy, every state, ppm reversed."""

import numpy as np
import xarray as xr
from spectra_signals import ACQUISITION, pair

from mrsgap.show import style
from mrsgap.show.figure_spectra_quality import choose_items, draw_items


def test_items_run_from_quiet_to_noisy_and_all_states_are_drawn():
    fid = np.stack([pair()] * 9).astype(np.complex64)
    sd = np.array([5, 1, 9, 3, 2, 8, 4, 7, 6.0])
    dataset = xr.Dataset(
        {"fid": (("item", "edit", "time"), fid), "noise_sd": (("item", "edit"), np.stack([sd, sd], axis=1)),
         "linewidth_hz": ("item", np.full(9, 2.0))},
        coords={"edit": ["off", "on"]}, attrs=ACQUISITION.as_attributes(),
    )  # fmt: skip
    chosen = choose_items(dataset, 3)
    np.testing.assert_array_equal(sd[chosen], [1, 5, 9])
    fig, axes = style.figure(18, 8, ncols=3)
    draw_items(axes, dataset, chosen)
    assert [len(ax.lines) for ax in axes] == [3, 3, 3]
    assert all(ax.get_xlim() == (4.5, 1.0) for ax in axes)
    difference = axes[2].lines[0]
    assert abs(difference.get_xdata()[np.argmin(difference.get_ydata())] - 2.01) < 0.01  # NAA, negative
    style.plt.close(fig)
