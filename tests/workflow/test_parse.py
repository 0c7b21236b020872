"""The workflow as Snakemake reads it: lint, faults that stop at once, bad values in every kind of file."""

import pytest
from workspace import SIMULATED, SMOKE, Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return Workspace(tmp_path_factory.mktemp("clone"))


def test_lint_is_clean(workspace):
    done = workspace.snakemake("--lint", check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("scale", "simulations"), [("smoke", 6), ("study", 6), ("paper", 30)])
def test_every_scale_plans(workspace, scale, simulations):
    assert workspace.planned(f"--configfile=config/{scale}.yaml")["simulate_basis"] == simulations


def test_the_networks_for_a_gpu_are_planned_in_order_of_worth(workspace):
    both = ("--configfile", "config/paper.yaml", "config/gpu.yaml", "--")
    workspace.snakemake(*both[:-1], "--", "results/paper-gpu/plan/networks.csv")
    lines = (workspace.root / "results/paper-gpu/plan/networks.csv").read_text().splitlines()[1:]
    found = [tuple(line.split(",")[:2]) for line in lines]
    assert found == [(name, chosen) for chosen in ("train-augmented", "train") for name in ("yae", "fcnn", "cnn")] + [
        (name, "train") for name in ("qnet", "qmrs", "encdec")]  # fmt: skip
    assert workspace.planned(*both, *(line.split(",")[3] for line in lines))["train_final"] == len(lines)


@pytest.mark.parametrize(("setting", "complaint"), [
    ("sead=1", "unknown key `sead`: did you mean `seed`?"),
    ("seed=-4", "`seed`: -4 is less than the minimum of 0"),
    ("scale=Bad/Name", "`scale`"),
    ("models={mine: {architecture: cnn, training_sets: [train]}}", "`models.mine` lacks `channels`"),
    ("models={mine: {architecture: cnn, training_sets: [train], selected_by: yae-gp-narrow}}", "a study of `yae`, not `cnn`"),
    ("models={yae: {selected_by: yae-stage-3}}", "`yae-stage-3`, which `selection.run` does not carry out"),
    ("models={qmrs: {hyper: {inceptoin: [2, 2, 2]}}}", "`qmrs` has no hyper-parameter `inceptoin`: did you mean `inception`?"),
    ("training={run: [yea]}", "`training.run` names the unknown model `yea`"),
    ("models={qmrs: {architecture: resnet}}", "unknown architecture `resnet`"),
    ("models={a: {architecture: frozen_encoder_quantifier, channels: [off-real], normalisation: sum, training_sets: [train]}}",
     "`models.a` lacks `encoder_from`"),
    ("bases={study: {splitting: third}}", "`bases.study.splitting` must be one of 'sequential', 'symmetric', 'gauss', 'exact'"),
])  # fmt: skip
def test_a_config_fault_stops_at_parse_time(workspace, setting, complaint):
    assert complaint in workspace.complaint("--config", setting)


def test_an_unknown_metabolite_stops_at_parse_time(workspace):
    said = workspace.complaint(*SMOKE, "--config", "bases={study: {metabolites: [Cr, Unobtainium]}}")
    assert "unknown metabolite `Unobtainium`" in said


def test_a_bad_waveform_file_is_one_clear_line(workspace):
    (workspace.root / "my pulse.txt").write_text("1 0\nnan 0\n")
    (workspace.root / "mine.yaml").write_text(
        "scale: smoke\n"
        "pulses: {mine: {shape: file, path: 'my pulse.txt', duration_ms: 20, flip_deg: 180}}\n"
        "bases: {study: {pulses: {edit: mine}}}\n"
    )
    done = workspace.snakemake(SIMULATED, "--configfile=mine.yaml", check=False)
    assert done.returncode != 0
    assert "mrsgap: the waveform file `my pulse.txt` holds a value that is not finite (row 2)" in done.stdout
    assert "mrsgap/" not in done.stdout.split("mrsgap: the waveform")[1].split("\n")[0]
    assert not (workspace.root / SIMULATED).exists()
