"""Pictures of simulated spectra: a few items per data set, from the least noisy to the noisiest."""

import numpy as np
import xarray as xr

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.names import DIFF, ITEM, OFF, ON
from mrsgap.core.signal import spectrum
from mrsgap.show import style

HIGH_PPM, LOW_PPM = 4.5, 1.0


def spectra_figure(datasets: dict[str, xr.Dataset], count: int):
    """One row per data set by name, one column per edit state, `count` items of each."""
    fig, axes = style.figure(style.PAGE_CM, 7.5 * len(datasets), nrows=len(datasets), ncols=3, squeeze=False)
    for row, (name, dataset) in zip(axes, datasets.items()):
        draw_items(row, dataset, choose_items(dataset, count))
        row[0].set_ylabel(name)
    return fig


def choose_items(dataset: xr.Dataset, count: int) -> np.ndarray:
    """`count` items spread evenly over the noise of edit-off, least noisy first."""
    order = np.argsort(dataset.noise_sd.sel(edit=OFF).values, kind="stable")
    return order[np.linspace(0, len(order) - 1, count).round().astype(int)]


def draw_items(axes, dataset: xr.Dataset, items) -> None:
    """One Axes per edit state (off, on, diff): real spectra of `items`, stacked, each divided by its edit-off maximum."""
    acquisition = Acquisition.from_attributes(dataset.attrs)
    band = (acquisition.ppm <= HIGH_PPM) & (acquisition.ppm >= LOW_PPM)
    chosen = dataset[["fid", *({"linewidth_hz"} & set(dataset))]].isel({ITEM: items})
    values = spectrum(chosen.fid.transpose(ITEM, "edit", "time").sel(edit=[OFF, ON]).values)[..., band]
    values = values.real / np.abs(values[:, :1]).max(axis=-1, keepdims=True)
    states = {"edit-off": (OFF, values[:, 0]), "edit-on": (ON, values[:, 1]),
              "difference (on − off)": (DIFF, values[:, 1] - values[:, 0])}  # fmt: skip
    for ax, (title, (state, rows)) in zip(axes, states.items()):
        for level, row in enumerate(rows[::-1]):
            ax.plot(acquisition.ppm[band], row + 1.5 * level, color=style.BLACK, lw=0.5)
            if state == OFF and "linewidth_hz" in chosen:
                width_hz = float(chosen.linewidth_hz.values[::-1][level])
                ax.annotate(f"{width_hz:.1f} Hz", (HIGH_PPM, 1.5 * level + 0.3), va="bottom", fontsize=6.5)
        ax.set_title(title)
        style.ppm_axis(ax, HIGH_PPM, LOW_PPM)
