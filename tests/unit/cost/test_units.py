"""Work expressions: paths, wildcards, indirection and products; faults named."""

import pytest

from mrsgap.core.errors import InputError
from mrsgap.cost.units import work_units

SETTINGS = {
    "datasets": {"train": {"items": 300}, "test": {"items": 40}},
    "models": {"cnn": {"training_set": "train"}},
    "training": {"epochs": 5, "kinds": ["a", "b", "c"], "on": True},
}


@pytest.mark.parametrize(("expression", "wildcards", "expected"), [
    ("", {}, 1), ("2.5", {}, 2.5), ("training.epochs", {}, 5), ("datasets.{dataset}.items", {"dataset": "test"}, 40),
    ("datasets.{models.{model}.training_set}.items x training.epochs", {"model": "cnn"}, 1500),
    ("count(training.kinds) x 2", {}, 6), ("span({members}) x 2", {"members": "2-5"}, 8),
    ("span({members})", {"members": "3"}, 1),
    ("models.{model}.epochs | training.epochs x 2", {"model": "cnn"}, 10),
])  # fmt: skip
def test_values(expression, wildcards, expected):
    assert work_units(expression, SETTINGS, wildcards) == expected


@pytest.mark.parametrize(("expression", "complaint"), [
    ("training.steps", "leads to `training.steps`"), ("datasets.{dataset}.items", "leads to `dataset`"),
    ("models.cnn.training_set", "is 'train', not a number"), ("training.on", "is True, not a number"),
])  # fmt: skip
def test_faults_name_the_expression(expression, complaint):
    with pytest.raises(InputError, match=complaint):
        work_units(expression, SETTINGS, {})
