"""Figure 9: simulated minus measured spectra by frequency, with their distributions."""

import numpy as np
import xarray as xr

from mrsgap.core.names import SYNTHETIC
from mrsgap.publish.figure_08 import TITLES, data_name
from mrsgap.show import style


def error_figure(spectra: xr.Dataset):
    """Figure 9: simulated minus measured (real part): by frequency, as a histogram, and as a map; a row per edit state."""
    states = [state for state in ("diff", "off", "on") if state in spectra["state"].values]
    fig, axes = style.figure(style.PAGE_CM, 13.5, nrows=len(states), ncols=3, squeeze=False)
    ppm = spectra["ppm"].values
    for line, state in zip(axes, states):
        if not spectra.sizes["item"]:
            style.say(line[0], "no spectrum with known concentrations")
            continue
        pair = spectra.sel(state=state)
        error = pair["simulated"].values.real - pair["measured"].values.real
        draw_error_band(line[0], ppm, error)
        draw_error_histogram(line[1], error)
        draw_error_map(line[2], ppm, error)
        line[0].set_ylabel(f"{TITLES[state]}\nsimulated − {data_name(spectra)}")
        line[1].set_ylabel("count (bins × spectra)")
        line[2].set_ylabel("error; colour: count (log)")
    for ax, label in zip(
        axes[-1], ("chemical shift (ppm)", "error (fraction of the edit-off maximum)", "chemical shift (ppm)")
    ):
        ax.set_xlabel(label)
    if spectra.sizes["item"]:
        axes[0, 0].legend(loc="upper left", fontsize=6)
    style.mark_synthetic(fig, spectra.attrs["origin"] == SYNTHETIC)
    return fig


def draw_error_band(ax, ppm, error) -> None:
    """Mean error over items (item, bin) with a band of one SD."""
    mean, sd = error.mean(axis=0), error.std(axis=0)
    ax.fill_between(ppm, mean - sd, mean + sd, color=style.SKY, alpha=0.5, lw=0, label="± 1 SD over spectra")
    ax.plot(ppm, mean, color=style.BLUE, lw=0.7, label="mean")
    ax.axhline(0, color=style.BLACK, lw=0.4)
    ax.set_xlim(ppm[0], ppm[-1])


def draw_error_histogram(ax, error) -> None:
    """Distribution of all errors, 50 bins, logarithmic counts; mean and SD in words."""
    reach = np.quantile(np.abs(error), 0.998)
    ax.hist(np.ravel(error), bins=50, range=(-reach, reach), color=style.BLUE, log=True)
    ax.axvline(0, color=style.BLACK, lw=0.4)
    text = f"mean {error.mean():+.4f}\nSD {error.std():.4f}".replace("-", "−")
    ax.text(0.97, 0.95, text, ha="right", va="top", fontsize=6, transform=ax.transAxes)


def draw_error_map(ax, ppm, error) -> None:
    """Counts of errors by chemical shift (80 x 80, central 99 %), logarithmic colour; Pearson's r of error and shift."""
    from matplotlib.colors import LogNorm

    shift = np.broadcast_to(ppm, error.shape)
    low, high = np.quantile(error, [0.005, 0.995])
    counts, x, y = np.histogram2d(
        shift.ravel(), error.ravel(), bins=80, range=[[ppm[-1], ppm[0]], [low, max(high, low + 1e-9)]]
    )
    ax.pcolormesh(x, y, np.ma.masked_equal(counts.T, 0), cmap="viridis", norm=LogNorm(), rasterized=True)
    r = np.corrcoef(shift.ravel(), error.ravel())[0, 1] if error.std() > 0 else np.nan
    ax.text(
        0.03,
        0.95,
        f"r = {r:.2f}".replace("-", "−"),
        ha="left",
        va="top",
        fontsize=6,
        transform=ax.transAxes,
        bbox={"facecolor": "white", "alpha": 0.8, "lw": 0, "pad": 1},
    )
    ax.set_xlim(ppm[0], ppm[-1])
