"""What the code must never do: unpickle, run text as code, hand text to a shell."""

import ast
import re

import pytest
from reference_data import REPOSITORY

FILES = sorted([*REPOSITORY.glob("workflow/src/**/*.py"), *REPOSITORY.glob("scripts/*.py")])
RULES = sorted([REPOSITORY / "Snakefile", *REPOSITORY.glob("workflow/**/*.smk")])
# Formats that run code when they are read.
FORBIDDEN_MODULES = {"pickle", "cPickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}
FORBIDDEN_CALLS = {"eval", "exec", "os.system", "os.popen", "pd.read_pickle", "pandas.read_pickle", "yaml.load",
                   "yaml.unsafe_load", "yaml.full_load"}  # fmt: skip
FORBIDDEN_WORDS = {"shell": True, "allow_pickle": True}


def faults(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in FORBIDDEN_MODULES)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in FORBIDDEN_MODULES:
            yield node.module
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in FORBIDDEN_CALLS or name.endswith(".to_pickle"):
                yield name
            for keyword in node.keywords:
                value = getattr(keyword.value, "value", None)
                if FORBIDDEN_WORDS.get(keyword.arg) is True and value is not False:
                    yield f"{keyword.arg}={ast.unparse(keyword.value)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_no_pickle_no_code_from_text_no_shell(path):
    assert list(faults(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_rules_hand_nothing_to_a_shell(path):
    """Config values reach scripts as data; a `shell:` directive would make them words of a command."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"^\s*shell\s*[:(]", text, re.MULTILINE)
    assert not re.search(r"\b(pickle|joblib|eval|exec)\b", text)


@pytest.mark.parametrize("text", [
    "import pickle", "from joblib import load", "eval(x)", "import os\nos.system('ls')", "np.load(p, allow_pickle=True)",
    "subprocess.run(x, shell=flag)", "frame.to_pickle(p)", "yaml.load(s)",
])  # fmt: skip
def test_the_check_sees_what_it_is_for(text):
    assert list(faults(text))
