"""Every published parameter count (arXiv 2602.20289, code v2.1; study.md 5.7), by shape evaluation."""

import numpy as np
import pytest

from mrsgap.networks.inputs import Inputs
from mrsgap.networks.registry import count_parameters

OFF_ON = ("off-real", "on-real")
FOUR = ("off-imaginary", "off-real", "on-imaginary", "on-real")
SIX = tuple(f"{state}-{part}" for state in ("diff", "off", "on") for part in ("imaginary", "real"))
THREE = ("diff-real", "off-real", "on-real")
SMALL, MEDIUM, LARGE = (7, 5, 3, 3), (9, 7, 5, 3), (11, 9, 7, 3)
STRIDE = {"reduction": "stride", "output_activation": "softmax"}
DETAILED = {"kernels": (9, 9, 5, 3), "steps": (1, 3), "filters": (512, 512), "dense_units": 2048}

PUBLISHED = {
    "cnn, the study's": ("cnn", {}, OFF_ON, 6_777_861, 6_770_181),
    "cnn small, pooled": ("cnn", {"kernels": SMALL}, OFF_ON, 6_384_133, None),
    "cnn large, pooled": ("cnn", {"kernels": LARGE}, OFF_ON, 7_171_589, None),
    "cnn medium, strided": ("cnn", {"kernels": MEDIUM, **STRIDE}, OFF_ON, 7_302_149, None),
    "cnn small, strided": ("cnn", {"kernels": SMALL, **STRIDE}, OFF_ON, 6_908_421, None),
    "cnn large, strided": ("cnn", {"kernels": LARGE, **STRIDE}, OFF_ON, 7_695_877, None),
    "cnn, three channels": ("cnn", {}, THREE, 7_105_541, None),
    "cnn, four channels": ("cnn", {}, FOUR, 7_762_181, None),
    "cnn, six channels": ("cnn", {}, SIX, 8_746_501, None),
    "cnn, detailed": ("cnn", DETAILED, FOUR, 39_369_221, None),
    "yae, the study's": ("yae", {}, FOUR, 9_988_165, 9_988_165),
    "yae, two channels": ("yae", {}, OFF_ON, 9_889_861, 9_889_861),
    "autoencoder": ("autoencoder", {}, FOUR, 6_983_552 + 2_805_696, None),
    "frozen encoder": ("frozen_encoder_quantifier", {}, FOUR, 6_983_552 + 198_917, 198_917),
    "fcnn": ("fcnn", {}, OFF_ON, 68_160_677, 68_160_677),
    "qnet": ("qnet", {}, OFF_ON, 2_123_370, 2_123_370),
    # No published count: the imperfection module alone, without QNet's learnt 15 x 5 matrix.
    "qnet basis": ("qnet_basis", {}, OFF_ON, 2_123_370 - 75, 2_123_295),
    "qmrs": ("qmrs", {}, OFF_ON, 569_284, 569_284),
    "encdec": ("encdec", {}, OFF_ON, 142_086, 142_086),
    "encdec, the filters asked for": ("encdec", {"filters": 128}, OFF_ON, 562_694, None),
}


@pytest.mark.parametrize("case", PUBLISHED)
def test_published_configuration_has_the_published_number_of_parameters(case):
    architecture, hyper, channels, total, trainable = PUBLISHED[case]
    count = count_parameters(architecture, hyper, Inputs(channels, basis=np.ones((5, 2, 2048), np.complex64)))
    assert count["total"] == total
    assert trainable is None or count["trainable"] == trainable
