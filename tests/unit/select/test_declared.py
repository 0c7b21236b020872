"""What the source declares is what the imported classes take."""

import dataclasses

import pytest
from reference_data import REPOSITORY

from mrsgap.core.errors import InputError
from mrsgap.learn.settings import Settings
from mrsgap.networks import registry
from mrsgap.select.declared import hyper_parameters, training_settings

SOURCE = REPOSITORY / "workflow" / "src"


@pytest.mark.parametrize("architecture", sorted(registry.ARCHITECTURES))
def test_declared_hyper_parameters_are_those_of_the_class(architecture):
    assert hyper_parameters(SOURCE, architecture) == tuple(registry.hyper_parameters(architecture))


def test_declared_training_settings_are_the_fields():
    assert training_settings(SOURCE) == tuple(field.name for field in dataclasses.fields(Settings))


def test_unknown_architecture_is_refused():
    with pytest.raises(InputError, match="unknown architecture `resnet`"):
        hyper_parameters(SOURCE, "resnet")
