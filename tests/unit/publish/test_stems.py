"""A picture or table has one name: its rule, its script and its module share a stem, so that each is found from any other.

A module may show several items that are one idea; its stem then says the first and the last number.
"""

import re

import pytest
from reference_data import REPOSITORY

SOURCE = REPOSITORY / "workflow" / "src" / "mrsgap"
RULES = "".join(path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / "workflow" / "rules").glob("*.smk")))
SCRIPTS = sorted(path for kind in ("figure_*.py", "table_*.py") for path in (REPOSITORY / "scripts").glob(kind))


MODULES = sorted(
    path for kind in ("figure_*.py", "table_*.py") for room in ("show", "publish") for path in (SOURCE / room).glob(kind)
)


def shows(module, stem):
    """`table_09_13` shows tables 9 to 13 and 9b; `figure_basis` also what begins with that word: `figure_basis_comparison`."""
    (kind, *words), (of, *asked) = module.split("_"), stem.split("_")
    numbers, wanted = ([int(word[:2]) for word in part if word[:2].isdigit()] for part in (words, asked))
    if wanted:
        return kind == of and bool(numbers) and min(numbers) <= min(wanted) and max(wanted) <= max(numbers)
    return kind == of and asked[0] in words


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_has_a_module_of_its_name_and_uses_it(script):
    modules = [path for path in MODULES if shows(path.stem, script.stem)]
    assert len(modules) == 1
    assert f"from mrsgap.{modules[0].parent.name}.{modules[0].stem} import" in script.read_text(encoding="utf-8")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_has_a_script_of_its_name(module):
    assert any(shows(module.stem, script.stem) for script in SCRIPTS)


@pytest.mark.parametrize("rule", re.findall(r"^use rule \w+ as ((?:figure|table)_\w+) with:", RULES, re.MULTILINE))
def test_a_rule_has_a_script_of_its_name(rule):
    """`table_12` is one of the two that `table_12_13` makes; a picture of other data names the script of its kind."""
    drawn_by = re.search(rf'^use rule \w+ as {rule} with:\n(?:(?!^use rule ).*\n)*?.*\*\*runs\("(\w+)"\)', RULES, re.MULTILINE)
    if drawn_by and drawn_by[1] != rule:
        assert drawn_by[1] in [script.stem for script in SCRIPTS]
        return
    named = [script.stem for script in SCRIPTS if rule == script.stem or (re.fullmatch(r"(table)_\d+_\d+", script.stem)
             and rule in (f"table_{number}" for number in script.stem.split("_")[1:]))]  # fmt: skip
    assert len(named) == 1
