"""Bland-Altman: the difference of estimate and truth over their mean, the bias, and the limits with their intervals."""

import numpy as np

from mrsgap.show import style


def draw_bland_altman(ax, truth, estimate, limits: dict, colour: str, reach: float) -> None:
    """Differences as points; bias (solid) and limits of agreement (dashed), each with its interval as a band.

    `limits` has bias, bias_low, bias_high, lower, lower_low, lower_high, upper, upper_low, upper_high; NaN ones are not drawn.
    The axis runs from -`reach` to `reach`; points beyond it sit at its edge as triangles.
    """
    truth, estimate = np.asarray(truth, float), np.asarray(estimate, float)
    ax.axhline(0, color=style.GREY, lw=0.4, zorder=0)
    ax.plot(
        (truth + estimate) / 2, estimate - truth, ls="none", marker=".", ms=2, mew=0, alpha=0.6, color=colour, rasterized=True
    )
    for name, dash in (("bias", "-"), ("lower", "--"), ("upper", "--")):
        if np.isfinite(limits[name]):
            ax.axhspan(limits[f"{name}_low"], limits[f"{name}_high"], color=style.BLACK, alpha=0.12, lw=0)
            ax.axhline(limits[name], color=style.BLACK, lw=0.8, ls=dash)
    ax.set_xlim(0, 1.02)
    ax.set_ylim(-reach, reach)


def limits_text(limits: dict) -> str:
    """Bias and limits as a panel shows them."""
    if not np.isfinite(limits["bias"]):
        return ""
    return f"{limits['bias']:+.3f}\n[{limits['lower']:+.2f}, {limits['upper']:+.2f}]".replace("-", "−")
