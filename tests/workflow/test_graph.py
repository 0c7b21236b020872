"""The graph of jobs of the whole smoke workflow, with scripts that only make their outputs: what runs, and what runs again."""

import random

import pytest
from test_interrupted import interrupt
from workspace import SMOKE, Workspace

# Pictures, tables, pages and checks follow what they are about; the job lists below are of the rules that compute.
SHOWING = ("figure_", "table_", "compare_", "report", "check_", "test_artefacts")
STATISTICS = {"summarise_errors": 1, "summarise_agreement": 1, "test_methods": 1}
EVIDENCE = {"gather_quantities": 1, **STATISTICS}
LEARNING = {"train_fold": 1, "train_final": 8, "quantify_simulated": 1, "quantify_measured": 1}
SELECTION = {"propose_trials": 2, "train_trials": 3, "choose_model": 2, "replay_selection": 1}
BASIS = {"simulate_basis": 6, "gather_basis": 6, "export_basis": 6, "simulate_family": 1}
CALIBRATED = {"calibrate_basis": 2, "export_calibrated_basis": 2}  # both fitted sets


@pytest.fixture(scope="module")
def hollow_run(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("hollow") / "clone")
    workspace.hollow_out()
    workspace.snakemake(*SMOKE)
    return workspace


@pytest.fixture
def edited(hollow_run):
    """Edit a file of the finished run, tell the computing jobs that would run, and undo the edit."""
    kept = {}

    def apply(file, old, new):
        path = hollow_run.root / file
        kept.setdefault(path, path.read_bytes())
        hollow_run.edit(file, old, new)
        planned = hollow_run.planned(*SMOKE)
        return {rule: number for rule, number in planned.items() if not rule.startswith(SHOWING)}

    yield apply
    for path, content in kept.items():
        path.write_bytes(content)


def test_a_second_run_does_nothing(hollow_run):
    assert hollow_run.planned(*SMOKE) == {}


CONFIG, NOISE = "config/config.yaml", "sigma: {uniform: [0, 0.03]}"


def test_noise_of_the_study_re_makes_four_data_sets_and_all_that_learns_from_them(edited):
    planned = edited(CONFIG, NOISE, NOISE.replace("0.03", "0.04"))
    fits = {"fit_lcm": 1, "fit_lcmodel": 1, "calibrate_basis": 1, "export_calibrated_basis": 1}
    assert planned == {"simulate_spectra": 4, **fits, **LEARNING, **SELECTION, **EVIDENCE}


def test_one_network_re_trains_alone(edited):
    planned = edited(CONFIG, "hyper: {filters: 8} # the study", "hyper: {filters: 8, kernel: 5} # the study")
    assert planned == {"train_final": 1, "quantify_simulated": 1, "quantify_measured": 1, **EVIDENCE}


def test_a_fit_setting_re_fits_and_trains_nothing(edited):
    planned = edited(CONFIG, "duration_s: 1.0", "duration_s: 0.9")
    assert planned == {"fit_lcm": 2, **CALIBRATED, **EVIDENCE}


def test_the_level_of_intervals_re_does_statistics_only(edited):
    assert edited(CONFIG, "level: 0.95", "level: 0.9") == STATISTICS


def test_how_noise_is_estimated_re_makes_the_two_sets_that_follow_it_and_their_network(edited):
    planned = edited(CONFIG, "trend_degree: 3", "trend_degree: 4")
    learning = {"train_final": 1, "quantify_simulated": 1, "quantify_measured": 1}
    assert planned == {"estimate_noise": 1, "simulate_spectra": 2, **learning, **EVIDENCE}


def test_one_chemical_shift_re_makes_its_metabolite_in_every_basis_and_all_below(edited):
    planned = edited("config/metabolites.yaml", "3.027", "3.028")
    assert planned == {
        **BASIS, "simulate_phantoms": 1, "read_measured": 1, "assess_quality": 1, "estimate_noise": 1, "simulate_spectra": 9,
        "fit_lcm": 2, "fit_lcmodel": 2, **CALIBRATED, **LEARNING, "train_final": 9, **SELECTION, **EVIDENCE,
    }  # fmt: skip


def test_a_statistic_in_the_package_re_does_the_statistics_that_use_it(edited):
    planned = edited("workflow/src/mrsgap/stats/agreement.py", "import numpy as np", "import numpy as np\n\nNEW = 1")
    assert planned == {"summarise_agreement": 1}


def test_every_target_is_made_and_nothing_half(hollow_run):
    made = hollow_run.snakemake(*SMOKE).stdout
    assert "Nothing to be done" in made
    assert not list(hollow_run.root.rglob("*.partial-*"))


@pytest.mark.slow
def test_killed_twice_at_random_moments_it_ends_the_same(hollow_run, tmp_path):
    workspace, moments = Workspace(tmp_path / "clone"), random.Random(20260220)
    workspace.hollow_out()
    for _ in range(2):
        if interrupt(workspace, SMOKE, moments.uniform(4, 15)):
            workspace.snakemake("--unlock", *SMOKE)
    workspace.snakemake("--rerun-incomplete", *SMOKE)
    assert workspace.products() == hollow_run.products()
    assert workspace.planned(*SMOKE) == {}
