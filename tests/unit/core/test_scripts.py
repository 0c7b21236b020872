"""A script is one function of paths and settings, called at the bottom with what Snakemake hands over."""

import ast

import pytest
from loaded_script import load_script
from reference_data import REPOSITORY

SCRIPTS = sorted((REPOSITORY / "scripts").glob("*.py"))
CALLS = ('if "snakemake" in globals():', 'if __name__ == "__main__":')  # by a rule, by hand
LONGEST = 30  # lines of `main`: whatever is longer belongs into the package

every_script = pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)


def parsed(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tree, next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main")


@every_script
def test_the_call_is_the_last_thing_and_alone_knows_snakemake(path):
    tree, _ = parsed(path)
    last = tree.body[-1]
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[last.lineno - 1] in CALLS
    before = "\n".join(text.splitlines()[: last.lineno - 1])
    assert not [node for node in ast.walk(ast.parse(before)) if isinstance(node, ast.Name) and node.id == "snakemake"]


@every_script
def test_main_is_typed_and_says_what_it_does(path):
    _, main = parsed(path)
    arguments = [*main.args.posonlyargs, *main.args.args, *main.args.kwonlyargs]
    assert [argument.arg for argument in arguments if argument.annotation is None] == []
    assert main.returns is not None
    assert ast.get_docstring(main)


@every_script
def test_main_is_thin(path):
    _, main = parsed(path)
    assert main.end_lineno - main.lineno + 1 <= LONGEST


@every_script
def test_a_script_is_imported_without_snakemake(path):
    assert callable(load_script(path.stem).main)


def test_folds_without_snakemake(tmp_path):
    load_script("split_folds").main(str(tmp_path / "folds.csv"), dataset="train", number_of_items=6, folds=3, seed=1)
    lines = (tmp_path / "folds.csv").read_text().splitlines()
    assert lines[0] == "item,fold"
    assert sorted(line.split(",")[1] for line in lines[1:]) == ["0", "0", "1", "1", "2", "2"]
