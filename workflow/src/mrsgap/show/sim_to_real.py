"""Measured against simulated spectra: overlays (Figure 8), and errors by frequency with their distributions (Figure 9)."""

import numpy as np

from mrsgap.show import style

TITLES = {"off": "edit-off", "on": "edit-on", "diff": "difference (on − off)"}


def draw_overlay(ax, ppm, measured, simulated, gap: float, data: str) -> None:
    """Measured (black, called `data`) over simulated (colour); below, on its own zero line, the residual."""
    ax.axhline(0, color=style.GREY, lw=0.3)
    ax.plot(ppm, simulated, color=style.VERMILION, lw=1.0, ls="--", label="simulated")
    ax.plot(ppm, measured, color=style.BLACK, lw=0.6, label=data)
    ax.axhline(-gap, color=style.GREY, lw=0.3)
    ax.plot(ppm, simulated - measured - gap, color=style.BLUE, lw=0.5, label=f"simulated − {data}")
    style.ppm_axis(ax, ppm[0], ppm[-1], label=False)


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
