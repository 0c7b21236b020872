"""One look for every picture: size, type, colours that colour-blind readers can tell apart, and the marks it must bear."""

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.ticker import AutoMinorLocator

COLUMN_CM, PAGE_CM = 8.8, 18.0  # one and two journal columns

# Okabe and Ito's palette (jfly.uni-koeln.de/color), fixed by meaning.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
GREY = "#7F7F7F"

SETTINGS = {
    "font.family": "sans-serif", "font.sans-serif": ["Arial", "Helvetica", "DejaVu Sans"], "font.size": 7.5,
    "axes.titlesize": 8, "axes.labelsize": 7.5, "xtick.labelsize": 7, "ytick.labelsize": 7, "legend.fontsize": 7,
    "axes.linewidth": 0.6, "lines.linewidth": 0.8, "xtick.major.width": 0.6, "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4, "xtick.direction": "out", "axes.spines.top": False, "axes.spines.right": False,
    "legend.frameon": False, "figure.dpi": 150, "savefig.dpi": 300, "pdf.fonttype": 42, "svg.fonttype": "none",
    "figure.constrained_layout.use": True,
    "axes.prop_cycle": mpl.cycler(color=[BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, BLACK]),
}  # fmt: skip
# One colour and one marker per method, everywhere: never colour alone.
LOOKS = {
    "YAE": (BLUE, "o"), "CNN": (SKY, "s"), "FCNN": (GREEN, "^"), "LCModel-OFF": (BLACK, "X"),
    "LCModel-DIFF": (GREY, "P"), "Joint fit": (VERMILION, "D"), "OFF fit": (ORANGE, "v"),
    "DIFF fit": (PURPLE, "<"), "QNet-default": (PURPLE, "h"), "QNetBasis": (YELLOW, "d"),
    "QMRS": (ORANGE, "*"), "EncDec": (GREY, ">"),
}  # fmt: skip
OTHERS = [(GREY, "o"), (GREY, "s"), (GREY, "^"), (GREY, "v")]
SYNTHETIC_MARK = "SYNTHETIC stand-ins – not measurements"

# Set for the process: every script that imports this module draws, and text added after a figure is made obeys it too.
mpl.rcParams.update(SETTINGS)


def figure(width_cm: float, height_cm: float, **layout):
    """A figure of a given printed size in the common style; `layout` goes to `subplots` or `subplot_mosaic`."""
    size = (width_cm / 2.54, height_cm / 2.54)
    if "mosaic" in layout:
        return plt.subplot_mosaic(layout.pop("mosaic"), figsize=size, **layout)
    return plt.subplots(figsize=size, **layout)


def save(fig, *paths) -> None:
    """Write the figure to every path (PDF without a time stamp, PNG) and close it."""
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        fig.savefig(path, metadata={"CreationDate": None} if path.suffix == ".pdf" else {"Software": None})
    plt.close(fig)


def ppm_axis(ax, high_ppm: float, low_ppm: float, label: bool = True) -> None:
    """Chemical shift drawn reversed, with minor ticks and its unit."""
    ax.set_xlim(high_ppm, low_ppm)
    ax.xaxis.set_minor_locator(AutoMinorLocator(5))
    ax.spines["left"].set_visible(False)
    ax.set_yticks([])
    if label:
        ax.set_xlabel("chemical shift (ppm)")


def panel_label(ax, letter: str) -> None:
    """Bold panel letter at the top left, outside the axes."""
    ax.annotate(letter, (0, 1), xycoords="axes fraction", xytext=(-4, 4), textcoords="offset points", ha="right", va="bottom",
                fontweight="bold", fontsize=9)  # fmt: skip


def look(name: str) -> dict:
    """`color` and `marker` of a method; an ensemble looks like its network, anything unknown is grey."""
    base = name.removesuffix(" (ensemble)")
    colour, marker = LOOKS.get(base, OTHERS[sum(map(ord, base)) % len(OTHERS)])
    return {"color": colour, "marker": marker}


def mark_synthetic(fig, synthetic: bool) -> None:
    """Print the mark above the figure, where it cannot be cropped away unnoticed, if the spectra are synthetic."""
    if synthetic:
        fig.suptitle(SYNTHETIC_MARK, color=VERMILION, fontsize=8, fontweight="bold", x=0.995, ha="right")


def say(ax, why: str) -> None:
    """An empty panel says why it is empty."""
    ax.text(
        0.5,
        0.5,
        why.replace(" (", "\n("),
        ha="center",
        va="center",
        fontsize=6,
        color=GREY,
        transform=ax.transAxes,
        wrap=True,
    )
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_color(GREY)
        spine.set_linewidth(0.3)
