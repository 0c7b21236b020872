"""Figure 2: the autoencoder with its quantifier as a row of bars: one bar per layer, as tall as the layer is wide."""

import numpy as np
import pandas as pd

from mrsgap.show import style

PARTS = ("encoder", "decoder", "quantifier")
COLOURS = {"encoder": style.BLUE, "decoder": style.ORANGE, "quantifier": style.GREEN}


def autoencoder_figure(layers: pd.DataFrame, channels: int, metabolites: list[str]):
    """The autoencoder of `layers` (one row per layer: architecture, part, weights, size) at its published size."""
    published = layers[(layers["architecture"] == "yae") & (layers["size"] == "published")] if len(layers) else layers
    fig, ax = style.figure(style.PAGE_CM, 6.5)
    if published.empty:
        style.say(ax, "no autoencoder in this run")
    else:
        outputs = published["weights"].str.extract(r"bias (\d+)")[0].astype(int)
        draw_autoencoder(ax, {part: outputs[published["part"] == part].tolist() for part in PARTS}, channels, metabolites)
    return fig


def draw_autoencoder(ax, widths: dict[str, list[int]], channels: int, metabolites: list[str]) -> None:
    """Encoder, and from its latent vector the decoder (above) and the quantifier (below).

    `widths` maps encoder, decoder and quantifier to the outputs of their layers; bar heights grow with the logarithm.
    """
    level = {"encoder": 0.0, "decoder": 1.7, "quantifier": -1.7}
    latent = len(widths["encoder"])
    start = {"encoder": 0, "decoder": latent + 0.8, "quantifier": latent + 0.8}
    reach = np.log2(max(max(values) for values in widths.values()))
    for part, values in widths.items():
        for place, width in enumerate(values):
            height, x = 2.4 * np.log2(width) / reach, start[part] + place
            low = level[part] - height / 2
            ax.bar(x, height, bottom=low, width=0.55, color=COLOURS[part], alpha=0.85, lw=0)
            ax.annotate(f"{width}", (x, low), xytext=(0, -2), textcoords="offset points", ha="center", va="top", fontsize=6)
        centre = start[part] + (len(values) - 1) / 2
        top = level[part] + 1.2
        ax.annotate(
            part, (centre, top), xytext=(0, 5), textcoords="offset points", ha="center", fontsize=8, color=COLOURS[part]
        )
    for part in ("decoder", "quantifier"):
        arrow = {"arrowstyle": "-|>", "lw": 0.8, "color": style.BLACK, "connectionstyle": "arc3,rad=0"}
        ax.annotate("", (start[part] - 0.45, level[part]), (latent - 0.55, level[part] * 0.15), arrowprops=arrow)
    ends = {"encoder": (-1.2, f"{channels} channels\n× 2048 points", "center"),
            "decoder": (start["decoder"] + len(widths["decoder"]) - 0.5, "clean\nspectrum", "left"),
            "quantifier": (start["quantifier"] + len(widths["quantifier"]) - 0.5, "\n".join(metabolites), "left")}  # fmt: skip
    for part, (x, words, side) in ends.items():
        ax.text(x, level[part], words, ha=side, va="center", fontsize=7)
    ax.set_xlim(-2.3, start["decoder"] + len(widths["decoder"]) + 1)
    ax.set_ylim(-3.4, 3.7)
    ax.axis("off")
