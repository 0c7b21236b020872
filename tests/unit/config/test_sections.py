"""The shipped configs as typed sections: what rules ask for, and what faults are called."""

import copy
import functools

import pytest
import yaml
from reference_data import REPOSITORY, config
from snakemake.utils import update_config

from mrsgap.config.models import members_of
from mrsgap.config.spectra import compared_training_sets, generating_bases, study_training_sets
from mrsgap.config.whole import in_order_of, read_sections
from mrsgap.core.errors import InputError

SCHEMA = yaml.safe_load((REPOSITORY / "config" / "schema.yaml").read_text(encoding="utf-8"))


@functools.cache
def shipped(scale):
    settings = {}
    for name in ("config.yaml", "metabolites.yaml", "sequence.yaml", *([f"{scale}.yaml"] if scale else [])):
        update_config(settings, config(name))
    return settings


def whole(scale=None, **overrides):
    settings = copy.deepcopy(shipped(scale))
    update_config(settings, overrides)
    return settings


@pytest.fixture(scope="module")
def smoke():
    return read_sections(whole("smoke"), SCHEMA)


@pytest.mark.parametrize("scale", [None, "smoke", "paper"])
def test_shipped_scales_are_read(scale):
    assert read_sections(whole(scale), SCHEMA).models.names


@pytest.mark.parametrize("scale", [None, "smoke", "paper"])
def test_every_scale_trains_a_final_model_that_a_study_of_its_own_selects(scale):
    sections = read_sections(whole(scale), SCHEMA)
    assert [name for name in sections.models.names if sections.models.study(name) in sections.studies.run]


@pytest.mark.parametrize(("overrides", "complaint"), [
    ({"sead": 1}, "unknown key `sead`"),
    ({"bases": {"study": {"metabolites": ["Cr", "Xx"]}}}, "basis `study` names the unknown metabolite `Xx`. Known are "),
    ({"datasets": {"train": {"bases": ["none"]}}}, "`datasets.train.bases` names the unknown `none`. Known are study"),
    ({"datasets": {"train": {"imperfections": "none"}}}, "`datasets.train.imperfections` names the unknown `none`"),
    ({"imperfections": {"generalised": {"noise": {"estimated_from": "none"}}}}, "`estimated_from` names the unknown"),
    ({"imperfections": {"generalised": {"noise": {"sigma": 0.1}}}}, "noise estimated from `phantoms` has no laws of its own"),
    ({"imperfections": {"mine": {"noise": {"kind": "gaussian", "relative_to": "each"}}}}, "the noise has no `sigma`"),
    ({"measured": "nowhere.csv"}, r"no file or folder `nowhere.csv` \(config: measured.own\). Correct the path"),
    ({"fit": {"sets": {"mine": {"basis": "study"}}}}, "`fit.sets` names `mine`, which is neither in `datasets` nor in"),
    ({"selection": {"run": ["none"]}}, "`selection.run` names the unknown study `none`"),
    ({"selection": {"dataset": "none"}}, "`selection.dataset` names the unknown `none`"),
    ({"selection": {"run": ["cnn-grid"], "shown": "cnn-gp"}}, "`selection.shown` is `cnn-gp`, which `selection.run` does not"),
    ({"models": {"cnn": {"training_sets": ["none"]}}}, "`models.cnn.training_sets` names the unknown `none`"),
    ({"models": {"cnn": {"hyper": {"filtres": [2]}}}}, "`filtres`"),
    ({"models": {"cnn": {"selected_by": "yae-gp-narrow"}}}, "`yae-gp-narrow`"),
    ({"models": {"cnn": {"encoder_from": "none"}}}, "`models.cnn.encoder_from` names the unknown model `none`"),
    ({"models": {"mine": {"architecture": "cnn", "training_sets": ["train"]}}}, "`models.mine` lacks `channels`"),
])  # fmt: skip
def test_faults_between_sections_are_named(overrides, complaint):
    with pytest.raises(InputError, match=complaint):
        read_sections(whole(**overrides), SCHEMA)


def test_a_simulation_depends_on_its_own_metabolites_sequence_and_pulses_only(smoke):
    settings = smoke.bases.simulation("study", ["GABA"])
    assert set(settings["systems"]) == {"GABA"}
    assert set(settings["sequences"]) == {"mega_press"}
    assert "metabolites" not in settings["basis"]
    assert set(settings["pulses"]) == set(settings["basis"]["pulses"].values())


def test_metabolites_are_simulated_in_groups():
    bases = read_sections(whole(basis_simulation={"metabolites_per_job": 2}), SCHEMA).bases
    assert bases.groups("study") == [["Cr", "GABA"], ["Gln", "Glu"], ["NAA"]]


def test_members_are_trained_in_batches():
    models = read_sections(whole(training={"runs_per_job": 2}, folds={"count": 5}), SCHEMA).models
    batches = models.fold_batches("yae")
    assert batches == ["0-1", "2-3", "4"]
    assert [members_of(batch) for batch in batches] == [[0, 1], [2, 3], [4]]


def test_printed_models_are_the_first_of_their_architecture(smoke):
    assert smoke.models.printed == ["cnn", "yae", "fcnn"]
    assert set(smoke.models.size("cnn")) == {"architecture", "channels", "hyper", "own", "training"}


def test_a_recorded_set_is_fitted_with_a_basis_of_its_own_field(tmp_path):
    sections = read_sections(whole(measured=str(tmp_path)), SCHEMA)
    assert sections.measured.names == ["phantoms", "own"]
    assert sections.fits.names[-1] == "own"
    assert sections.fits.basis("own") is None
    assert sections.fits.basis("phantoms") in sections.bases.names


def test_files_of_a_folder_are_followed_and_those_of_an_archive_are_not(tmp_path):
    (tmp_path / "a.txt").touch()
    (tmp_path / "b.zip").touch()
    measured = {"mine": {"path": str(tmp_path)}, "packed": str(tmp_path / "b.zip")}
    sets = read_sections(whole(measured=measured), SCHEMA).measured
    assert sets.files("mine") == [str(tmp_path / "a.txt"), str(tmp_path / "b.zip")]
    assert sets.is_fetched("packed")
    assert sets.files("packed") == []
    assert not sets.is_manifest("mine")


def test_a_study_has_one_job_for_so_many_trials():
    studies = read_sections(whole("smoke"), SCHEMA).studies
    name = studies.run[-1]
    sizes, size = studies.round_sizes(name), studies[name]["trials_per_job"]
    assert len(studies.jobs(name)) == sum(-(-trials // size) for trials in sizes)
    assert studies.jobs(name, before=0) == []


def test_statistics_name_sets_that_exist():
    settings = whole()
    assert set(compared_training_sets(settings)) <= set(settings["datasets"])
    assert set(study_training_sets(settings)) <= set(settings["statistics"]["training_sets"].values())
    assert set(generating_bases(settings).values()) <= set(settings["bases"])


def test_entries_keep_the_order_of_the_defaults():
    assert list(in_order_of({"models": {"a": 1, "b": 2}}, {"models": {"b": 3, "c": 4, "a": 5}})["models"]) == ["a", "b", "c"]


def test_a_set_with_recorded_noise_asks_for_its_estimate_and_no_other_does(smoke):
    assert smoke.datasets.noise_sources == ["phantoms"]
    assert smoke.datasets.noise_source("train-generalised") == "phantoms"
    assert smoke.datasets.noise_source("train") is None


def test_the_pool_of_the_poster_has_other_spin_systems_on_one_scanner(smoke):
    pool = smoke.datasets.bases("train-multi")
    assert pool == smoke.datasets.bases("train-multi-generalised")
    treatments = [smoke.bases.treatment(name) for name in pool]
    assert all(treatment == treatments[0] for treatment in treatments)
    for metabolite in smoke.bases.metabolites("study"):
        parts = [repr(smoke.bases.spin_systems(name, [metabolite])[metabolite]["parts"]) for name in pool]
        assert len(set(parts)) >= 3, metabolite
    assert not set(pool[1:]) & set(smoke.bases.scanners)
    assert smoke.bases.simulation("model-varied-up", ["Cr"])["systems"]["Cr"]["parts"][0]["shifts_ppm"][-1] == 3.027 + 0.005
