"""A picture or table has one name: its rule, its script and its module share a stem, so that each is found from any other."""

import re

import pytest
from reference_data import REPOSITORY

SOURCE = REPOSITORY / "workflow" / "src" / "mrsgap"
RULES = "".join(path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / "workflow" / "rules").glob("*.smk")))
SCRIPTS = sorted(path for kind in ("figure_*.py", "table_*.py") for path in (REPOSITORY / "scripts").glob(kind))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_has_a_module_of_its_name_and_uses_it(script):
    modules = [room for room in ("show", "publish") if (SOURCE / room / f"{script.stem}.py").is_file()]
    assert len(modules) == 1
    assert f"from mrsgap.{modules[0]}.{script.stem} import" in script.read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", re.findall(r"^rule ((?:figure|table)_\w+):", RULES, re.MULTILINE))
def test_a_rule_has_a_script_of_its_name(rule):
    """`table_12` is one of the two that `table_12_13` makes."""
    named = [script.stem for script in SCRIPTS if rule == script.stem or (re.fullmatch(r"(table)_\d+_\d+", script.stem)
             and rule in (f"table_{number}" for number in script.stem.split("_")[1:]))]  # fmt: skip
    assert len(named) == 1
