"""The shipped configuration is valid at every scale, and a fault in it is named before anything runs."""

import copy

import pytest
import yaml
from reference_data import REPOSITORY, config
from snakemake.utils import update_config

from mrsgap.core.errors import InputError
from mrsgap.core.settings import check_settings, settings_document

SCHEMA = yaml.safe_load((REPOSITORY / "config" / "schema.yaml").read_text())


def settings(scale=None):
    whole = {}
    for name in ("config.yaml", "metabolites.yaml", "sequence.yaml", *([f"{scale}.yaml"] if scale else [])):
        update_config(whole, config(name))
    return whole


@pytest.mark.parametrize("scale", [None, "smoke", "paper"])
def test_shipped_scales_are_valid(scale):
    check_settings(settings(scale), SCHEMA)


def test_scales_hold_overrides_only():
    default = config("config.yaml")
    for scale in ("smoke", "paper"):
        assert set(config(f"{scale}.yaml")) <= set(default)


def changed(path, value):
    whole = copy.deepcopy(settings())
    *parents, last = path
    place = whole
    for key in parents:
        place = place[key]
    place[last] = value
    return whole


@pytest.mark.parametrize(("path", "value", "complaint"), [
    (("sead",), 3, r"unknown key `sead`: did you mean `seed`\?"),
    (("bases", "study", "linewdith"), 3, r"unknown key `bases\.study\.linewdith`.*allowed here"),
    (("bases", "study", "splitting"), "second", r"`bases\.study\.splitting` must be one of 'sequential'.*is 'second'"),
    (("basis_export", "linewidth_hz"), -1.0, r"`basis_export\.linewidth_hz`: -1\.0"),
    (("scale",), "../up", r"`scale`"),
    (("bases", "study", "grid", "positions"), 0, r"`bases\.study\.grid\.positions`"),
])  # fmt: skip
def test_faults_are_named(path, value, complaint):
    with pytest.raises(InputError, match=complaint):
        check_settings(changed(path, value), SCHEMA)


def closed(node, where="schema"):
    """Every object of the schema that lists properties refuses others, and every property is described."""
    if isinstance(node, dict):
        if "properties" in node and node.get("type") == "object":
            assert "additionalProperties" in node or "unevaluatedProperties" in node, f"{where} is open"
        for key, value in node.items():
            closed(value, f"{where}.{key}")
    elif isinstance(node, list):
        for value in node:
            closed(value, where)


def test_the_schema_is_closed():
    closed(SCHEMA)


def test_the_documented_settings_are_current():
    defaults = config("config.yaml") | config("sequence.yaml")
    page = (REPOSITORY / "config" / "README.md").read_text(encoding="utf-8")
    assert page == settings_document(SCHEMA, defaults), "run `make docs`"


def described(node, where):
    """Every named property of an object carries a description."""
    for name, child in node.get("properties", {}).items():
        target = SCHEMA["$defs"][child["$ref"].split("/")[-1]] if "$ref" in child else child
        assert child.get("description") or target.get("description") or "properties" in target, (
            f"{where}.{name} has no description"
        )
        described(target, f"{where}.{name}")


def test_every_key_is_described():
    described(SCHEMA, "schema")
    for name, definition in SCHEMA["$defs"].items():
        described(definition, name)


def nulls(node, where):
    if isinstance(node, dict):
        for key, value in node.items():
            assert value is not None, f"{where}.{key} is empty: a comma cut a description short"
            nulls(value, f"{where}.{key}")


def test_no_comma_cuts_a_description():
    nulls(SCHEMA, "schema")
