"""Figures 8 and 9: measured and simulated spectra of one item per metabolite, residual below; errors of all items."""

import numpy as np
import xarray as xr

from mrsgap.core.names import SYNTHETIC
from mrsgap.show import style

TITLES = {"off": "edit-off", "on": "edit-on", "diff": "difference (on − off)"}
GAP = 0.25  # of the panel's height, between spectra and residual


def examples(truth: np.ndarray, metabolites: list[str]) -> list[tuple[str, int, bool]]:
    """For every metabolite: the item that holds it alone, else the one in which its share is largest, and which it is."""
    total = truth.sum(axis=1)
    chosen = []
    for place, name in enumerate(metabolites):
        share = np.divide(truth[:, place], total, out=np.zeros_like(total), where=total > 0)
        if len(share) and share.max() > 0:
            item = int(np.argmax(share))
            chosen.append((name, item, bool(share[item] == 1)))
    return chosen


def overlay_figure(spectra: xr.Dataset):
    """Figure 8: one row per metabolite, one column per edit state; real parts at one scale per row."""
    metabolites = list(spectra["metabolite"].values)
    rows = examples(spectra["truth"].values, metabolites)
    states = list(spectra["state"].values)
    size = (style.PAGE_CM, 3.0 * max(len(rows), 1) + 1.6)
    fig, axes = style.figure(*size, nrows=max(len(rows), 1), ncols=3, squeeze=False, sharex=True, sharey="row")
    ppm = spectra["ppm"].values
    for line, (name, item, alone) in zip(axes, rows):
        measured, simulated = (spectra[kind].values[item].real for kind in ("measured", "simulated"))
        gap = GAP * np.ptp(measured)
        for ax, one, other in zip(line, measured, simulated):
            draw_overlay(ax, ppm, one, other, gap - min(measured.min(), simulated.min()), data_name(spectra))
        how = "alone" if alone else "largest share"
        line[0].set_ylabel(f"{name}\n{spectra['item'].values[item]}\n({how})", rotation=0, ha="right", va="center", fontsize=7)
    for ax, state in zip(axes[0], states):
        ax.set_title(TITLES[state])
    if rows:
        for ax in axes[-1]:
            ax.set_xlabel("chemical shift (ppm)")
        fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    else:
        style.say(axes[0, 0], "no spectrum with known concentrations")
    style.mark_synthetic(fig, spectra.attrs["origin"] == SYNTHETIC)
    return fig


def draw_overlay(ax, ppm, measured, simulated, gap: float, data: str) -> None:
    """Measured (black, called `data`) over simulated (colour); below, on its own zero line, the residual."""
    ax.axhline(0, color=style.GREY, lw=0.3)
    ax.plot(ppm, simulated, color=style.VERMILION, lw=1.0, ls="--", label="simulated")
    ax.plot(ppm, measured, color=style.BLACK, lw=0.6, label=data)
    ax.axhline(-gap, color=style.GREY, lw=0.3)
    ax.plot(ppm, simulated - measured - gap, color=style.BLUE, lw=0.5, label=f"simulated − {data}")
    style.ppm_axis(ax, ppm[0], ppm[-1], label=False)


def data_name(spectra):
    """What the compared spectra are called on the picture."""
    return "stand-in" if spectra.attrs["origin"] == SYNTHETIC else "measured"


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
