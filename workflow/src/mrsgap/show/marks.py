"""What must stand on the picture itself: that spectra are synthetic, and why a panel is empty."""

from mrsgap.show import style

SYNTHETIC_MARK = "SYNTHETIC stand-ins – not measurements"


def mark_synthetic(fig, synthetic: bool) -> None:
    """Print the mark above the figure, where it cannot be cropped away unnoticed, if the spectra are synthetic."""
    if synthetic:
        fig.suptitle(SYNTHETIC_MARK, color=style.VERMILION, fontsize=8, fontweight="bold", x=0.995, ha="right")


def say(ax, why: str) -> None:
    """An empty panel says why it is empty."""
    ax.text(
        0.5,
        0.5,
        why.replace(" (", "\n("),
        ha="center",
        va="center",
        fontsize=6,
        color=style.GREY,
        transform=ax.transAxes,
        wrap=True,
    )
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_color(style.GREY)
        spine.set_linewidth(0.3)
