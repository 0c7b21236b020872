"""Traits are what the classes are, and a misspelt hyper-parameter is named with those allowed."""

import ast
import dataclasses
import inspect

import pytest
from flax import nnx
from unit.networks.narrow import NARROW, inputs, key

import mrsgap.networks.traits as module
from mrsgap.core.errors import InputError
from mrsgap.networks.layers import Convolution
from mrsgap.networks.registry import ARCHITECTURES, build, hyper_parameters
from mrsgap.networks.traits import TRAITS, check_hyper, traits


def test_every_class_has_traits_and_no_more():
    assert list(TRAITS) == list(ARCHITECTURES)


@pytest.mark.parametrize("name", TRAITS)
def test_hyper_parameters_are_the_keyword_arguments_of_the_constructor(name):
    assert TRAITS[name].hyper == tuple(hyper_parameters(name))


@pytest.mark.parametrize("name", TRAITS)
def test_head_and_encoder_are_parts_of_the_network(name):
    model = build(name, NARROW[name], inputs(), key())
    assert bool(TRAITS[name].head) == TRAITS[name].quantifies
    assert all(hasattr(model, part) for part in TRAITS[name].head[-1:])
    assert hasattr(model, "decoder") == TRAITS[name].reconstructs
    if TRAITS[name].borrows_encoder:
        assert hasattr(model, "encoder")


@pytest.mark.parametrize("name", TRAITS)
def test_only_a_network_that_fits_a_basis_needs_one(name):
    bare = dataclasses.replace(inputs(), basis=None)
    if TRAITS[name].fits_basis:
        with pytest.raises(InputError, match="needs a basis"):
            build(name, NARROW[name], bare, key())
    else:
        build(name, NARROW[name], bare, key())


@pytest.mark.parametrize("name", TRAITS)
def test_convolutional_networks_are_those_that_convolve(name):
    model = build(name, NARROW[name], inputs(), key())
    convolves = any(isinstance(module, Convolution) for _, module in nnx.iter_graph(model))
    assert convolves == TRAITS[name].convolutional


def test_a_misspelt_hyper_parameter_is_named_with_those_allowed():
    with pytest.raises(InputError, match=r"`encdec` has no hyper-parameter `filter`: did you mean `filters`\?") as caught:
        check_hyper("encdec", ["filter"], "config: models.mine.hyper")
    assert "filters, kernel, dilations" in str(caught.value)
    assert "models.mine.hyper" in str(caught.value)


def test_an_unknown_architecture_is_named_with_the_known():
    with pytest.raises(InputError, match=r"unknown architecture `resnet`.*encdec"):
        traits("resnet")


def test_traits_are_free_of_jax():
    """The config is checked whenever Snakemake reads the rules, and JAX takes seconds to load."""
    imports = [node for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.ImportFrom)]
    assert {node.module for node in imports} <= {"collections.abc", "dataclasses", "mrsgap.core.errors"}
