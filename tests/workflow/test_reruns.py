"""What an edit re-runs: exactly the rules that use what was edited, proven on a finished run."""

import pytest
from workspace import BASIS, SMOKE, Workspace

TARGETS = (*SMOKE, BASIS, "results/smoke/basis/study/off.basis")


@pytest.fixture
def edited(basis_run):
    """Edit a file of the finished run, tell what would run, and undo the edit."""
    kept = {}

    def apply(file, old, new):
        path = basis_run.root / file
        kept.setdefault(path, path.read_bytes())
        basis_run.edit(file, old, new)
        return basis_run.planned(*TARGETS)

    yield apply
    for path, content in kept.items():
        path.write_bytes(content)


def test_a_second_run_does_nothing(basis_run):
    assert basis_run.planned(*TARGETS) == {}


def test_a_comment_in_the_package_runs_nothing(edited):
    file = "workflow/src/mrsgap/spin/operators.py"
    assert edited(file, "import functools\n", "import functools  # a remark\n") == {}


def test_physics_re_runs_everything_below_it(edited):
    planned = edited("workflow/src/mrsgap/spin/operators.py", "2**spins", "2 ** (spins + 0)")
    assert planned == {"simulate_basis": 1, "gather_basis": 1, "check_basis": 1, "export_basis": 1}


def test_the_lcmodel_writer_re_runs_the_export(edited):
    planned = edited("workflow/src/mrsgap/basis/lcmodel_file.py", "EDITED_SHARE = 0.02", "EDITED_SHARE = 0.03")
    assert planned == {"export_basis": 1}


def test_the_check_re_runs_the_check(edited):
    planned = edited("workflow/src/mrsgap/basis/check.py", "EQUALITY_TOLERANCE = 0.01", "EQUALITY_TOLERANCE = 0.02")
    assert planned == {"check_basis": 1}


def test_one_metabolite_re_runs_its_simulation(edited):
    planned = edited("config/metabolites.yaml", "3.027", "3.028")
    assert planned == {"simulate_basis": 1, "gather_basis": 1, "check_basis": 1, "export_basis": 1}


def test_another_basis_leaves_this_one(edited):
    assert edited("config/config.yaml", "tolerance: 1.0e-3", "tolerance: 2.0e-3") == {}


def test_exported_linewidth_re_runs_the_export(edited):
    assert edited("config/config.yaml", "linewidth_hz: 2.0 # Lorentzian", "linewidth_hz: 3.0 # Lorentzian") == {
        "export_basis": 1
    }


def test_a_script_re_runs_its_rule(edited):
    assert edited("scripts/check_basis.py", "def main", "NOTE = 1\n\n\ndef main") == {"check_basis": 1}


def test_one_metabolite_leaves_the_jobs_of_others(tmp_path):
    workspace = Workspace(tmp_path / "clone")
    workspace.hollow_out()
    workspace.edit("config/config.yaml", "metabolites_per_job: 10", "metabolites_per_job: 2")
    assert workspace.planned(*TARGETS)["simulate_basis"] == 3
    workspace.snakemake(*TARGETS)
    workspace.edit("config/metabolites.yaml", "3.027", "3.028")
    assert workspace.planned(*TARGETS) == {"simulate_basis": 1, "gather_basis": 1, "check_basis": 1, "export_basis": 1}
