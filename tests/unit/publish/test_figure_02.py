"""The autoencoder is drawn at its published size, or the picture says that there is none."""

import matplotlib.pyplot as plt
import pandas as pd

from mrsgap.publish.figure_02 import autoencoder_figure

COLUMNS = ["architecture", "part", "weights", "size"]
LAYERS = pd.DataFrame(
    [("yae", "encoder", "kernel 4×64, bias 64", "published"), ("yae", "encoder", "kernel 64×32, bias 32", "published"),
     ("yae", "decoder", "kernel 32×128, bias 128", "published"), ("yae", "quantifier", "kernel 32×5, bias 5", "published"),
     ("yae", "encoder", "kernel 4×7, bias 7", "this run"), ("cnn", "dense", "kernel 4×9, bias 9", "published")],
    columns=COLUMNS,
)  # fmt: skip


def words(fig):
    return {text.get_text() for text in fig.findobj(plt.Text)}


def test_every_published_layer_is_a_bar_with_its_width():
    shown = words(autoencoder_figure(LAYERS, 4, ["Cr", "GABA"]))
    assert {"64", "32", "128", "5", "encoder", "decoder", "quantifier"} <= shown
    assert not {"7", "9"} & shown
    plt.close("all")


def test_a_run_without_an_autoencoder_says_so():
    assert "no autoencoder in this run" in words(autoencoder_figure(LAYERS[LAYERS["architecture"] == "cnn"], 4, []))
    plt.close("all")
