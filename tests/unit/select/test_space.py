"""The enumerated space and its errors."""

import numpy as np
import pytest
from planted_table import cnn_space
from reference_data import config

from mrsgap.core.errors import InputError
from mrsgap.core.keys import named_generator
from mrsgap.select.search import sobol_design
from mrsgap.select.space import read_space


def test_cnn_space_has_432_configurations():
    space = cnn_space()
    assert space.size == 432
    assert space.codes.shape == (432, 6)
    assert [option.ordered for option in space.options] == [False] * 5 + [True]


def test_number_is_the_inverse_of_names():
    space = cnn_space()
    assert [space.number(space.names(configuration)) for configuration in range(432)] == list(range(432))


def test_named_values_set_all_they_stand_for():
    space = read_space("s", {"hyper": {"kernels": {"small": {"first": 7, "second": 5}, "large": {"first": 11, "second": 9}}}})
    assert space.settings(1) == {"data": {}, "hyper": {"first": 11, "second": 9}, "training": {}}


def test_joint_option_sets_several_groups_and_is_not_crossed_within():
    joint = {"r-tanh": {"data": {"parts": ["real"]}, "hyper": {"act": "tanh"}},
             "m-relu": {"data": {"parts": ["magnitude"]}, "hyper": {"act": "relu"}}}  # fmt: skip
    space = read_space("s", {"training": {"batch": [1, 2]}, "joint": {"input": joint}})
    made = [space.settings(configuration) for configuration in range(space.size)]
    assert [(each["training"]["batch"], each["data"]["parts"], each["hyper"]["act"]) for each in made] == [
        (1, ["real"], "tanh"), (1, ["magnitude"], "relu"), (2, ["real"], "tanh"), (2, ["magnitude"], "relu")]  # fmt: skip


def test_relu_and_sigmoid_meet_magnitude_only_in_the_study_of_autoencoders():
    space = read_space("yae-stage-1", config("config.yaml")["studies"]["yae-stage-1"]["space"])
    made = [space.settings(configuration) for configuration in range(space.size)]
    assert {tuple(each["data"]["parts"]) for each in made} == {("real",), ("imaginary",), ("magnitude",)}
    for each in made:
        if "relu" in each["hyper"].values() or "sigmoid" in each["hyper"].values():
            assert each["data"]["parts"] == ["magnitude"]
    assert any(each["hyper"]["last_activation"] == "sigmoid" for each in made)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"joint": {"depth": [1]}}, "must be named"),
        ({"joint": {"depth": {"deep": {"networks": {"layers": 3}}}}}, "unknown group `networks`"),
        ({"hyper": {"x": [1]}, "joint": {"y": {"one": {"hyper": {"x": 1}}}}}, "both set `hyper.x`"),
        ({}, "the space is empty"),
        ({"hyper": {"depth": []}}, "has no values"),
        ({"networks": {"depth": [1]}}, "unknown group `networks`"),
        ({"hyper": {"depth": [3, 1]}}, "must rise"),
        ({"hyper": {"depth": ["a", "a"]}}, "twice"),
        ({"hyper": {"depth": {"deep": 3}}}, "must map settings"),
        ({"hyper": {"a": {"x": {"u": 1}}, "b": {"y": {"u": 2}}}}, "both set `hyper.u`"),
        ({"hyper": {f"o{i}": list(range(10)) for i in range(6)}}, "1,000,000 configurations"),
    ],
)
def test_bad_space_is_refused_by_name(spec, message):
    with pytest.raises(InputError, match=message):
        read_space("mine", spec)


def test_unknown_value_is_refused():
    with pytest.raises(InputError, match="`kernels` has no value 'huge'"):
        cnn_space().number(cnn_space().names(0) | {"kernels": "huge"})


def test_sobol_design_is_different_repeatable_and_spread():
    space = cnn_space()
    design = sobol_design(space, 32, named_generator(3, "design"))
    assert len(set(design)) == 32
    assert design == sobol_design(space, 32, named_generator(3, "design"))
    for code, count in zip(space.codes[design].T, space.shape):
        share = np.bincount(code, minlength=count) / 32
        assert np.all(np.abs(share - 1 / count) < 0.08)


def test_sobol_design_of_a_small_space_is_the_whole_space():
    space = read_space("s", {"hyper": {"depth": [1, 2, 3], "act": ["tanh", "relu"]}})
    assert sorted(sobol_design(space, 50, named_generator(0, "design"))) == list(range(6))
