"""Families of bases: what is drawn, what is left out, and that a member is a basis like any other."""

import copy

import numpy as np
import pytest
from reference_data import config

from mrsgap.basis.family import as_dataset, read_family
from mrsgap.basis.members import draw_members, retimed
from mrsgap.basis.plan import make_plan
from mrsgap.basis.simulate import simulate_metabolite
from mrsgap.basis.simulate_family import simulate_family, simulate_member
from mrsgap.core.errors import InputError
from mrsgap.core.store import write_dataset

SEQUENCES, SYSTEMS = config("sequence.yaml"), config("metabolites.yaml")["metabolites"]
BASES = config("config.yaml")["bases"]
POINTS = 64
WIDE = {
    "edit_on_ppm": {"uniform": [1.86, 1.92]},
    "edit_duration_ms": {"uniform": [14, 18]},
    "edit_flip_deg": {"uniform": [160, 190]},
    "first_gap_ms": {"uniform": [4.8, 8]},
    "resonance_shift_sd_ppm": 0.002,
    "resonance_weight_sd": 0.02,
    "coupling_sd_hz": 0.1,
}


def settings(random=None, fixed=None, metabolites=("NAA", "Cr"), **family):
    """What `simulate_family` takes, on short FIDs."""
    family = {"metabolites": list(metabolites), "fixed": fixed or {}, "random": random or {},
              "filter": {"median_distances": 4, "linewidth_hz": 3}, **family}  # fmt: skip
    bases = {name: {**copy.deepcopy(basis), "points": POINTS} for name, basis in BASES.items()}
    return {"family": family, "bases": bases, "systems": SYSTEMS, **SEQUENCES}


def group(members, basis="ideal", **entry):
    return {"members": members, "basis": basis, "laws": WIDE, **entry}


NOMINAL = {
    "edit_on_ppm": 1.9,
    "edit_off_ppm": 7.4,
    "edit_duration_ms": 20,
    "edit_flip_deg": 180,
    "first_gap_ms": 5,
    "second_gap_ms": 17,
    "echo_time_ms": 68,
    "larmor_mhz": 123.23,
    "transmit_ppm": 3.0,
    "resonance_shift_sd_ppm": 0,
    "resonance_weight_sd": 0,
    "coupling_sd_hz": 0,
    "slice_cm": 3,
    "extent_cm": 5,
}
REFOCUSING = {"refocus_duration_ms": 5, "refocus_flip_deg": 180}


@pytest.mark.parametrize(("basis", "laws"), [("ideal", NOMINAL), ("study", NOMINAL | REFOCUSING)])
def test_a_member_whose_laws_are_the_basis_itself_is_that_basis(float64, basis, laws):
    (member,) = draw_members("one", settings({"same": {"members": 1, "basis": basis, "laws": laws}}, metabolites=["GABA"]), 1)
    plan = make_plan({**BASES[basis], "points": POINTS}, SEQUENCES["sequences"], SEQUENCES["pulses"])
    expected = simulate_metabolite("GABA", SYSTEMS["GABA"], plan).fid
    np.testing.assert_allclose(simulate_member(member, member.plan())[0], expected, atol=1e-10 * abs(expected).max())


def test_a_member_does_not_depend_on_how_many_there_are():
    few, many = (draw_members("pool", settings({"one": group(n)}), 7) for n in (2, 5))
    assert [member.drawn for member in few] == [member.drawn for member in many[:2]]
    assert [member.systems for member in few] == [member.systems for member in many[:2]]
    other = draw_members("pool", settings({"one": group(2)}), 8)
    assert not {member.drawn["edit_on_ppm"] for member in few} & {member.drawn["edit_on_ppm"] for member in other}


def test_every_draw_is_recorded_and_within_its_law():
    members = draw_members("pool", settings({"one": group(40)}), 7)
    for member in members:
        assert 1.86 <= member.drawn["edit_on_ppm"] == member.description["edit_on_ppm"] <= 1.92
        moved = {name: value for name, value in member.drawn.items() if name.startswith("shift_ppm.NAA")}
        assert len(moved) == 5
        shifts = sorted(shift for part in member.systems["NAA"]["parts"] for shift in set(part["shifts_ppm"]))
        nominal = sorted(shift for part in SYSTEMS["NAA"]["parts"] for shift in set(part["shifts_ppm"]))
        np.testing.assert_allclose(np.subtract(shifts, nominal), [moved[f"shift_ppm.NAA.{shift:g}"] for shift in nominal])
    spread = np.std([member.drawn["weight.Cr.3.027"] for member in members])
    assert spread == pytest.approx(0.02, rel=0.4)


def test_gaps_make_both_echoes_at_the_echo_time():
    drawn = {"first_gap_ms": 6.5, "second_gap_ms": 16.0, "echo_time_ms": 70.0}
    events = retimed(SEQUENCES["sequences"]["mega_press"], drawn, "here")["events"]
    first, edit, second, edit_again, echo = np.cumsum([event["gap_ms"] for event in events if "gap_ms" in event])
    assert echo == pytest.approx(70.0)
    assert 2 * second - 2 * first == pytest.approx(echo)  # the second echo of the first echo
    assert edit_again - edit == pytest.approx(35.0)
    with pytest.raises(InputError, match="gaps are drawn"):
        retimed(SEQUENCES["sequences"]["press"], drawn, "here")


def test_laws_that_never_fit_are_an_error():
    with pytest.raises(InputError, match=r"100 draws of member 0.*families.pool.random.one"):
        draw_members("pool", settings({"one": group(1, laws={"edit_duration_ms": 40})}), 1)


def test_systems_are_chosen_among_the_published():
    pool = settings({"one": group(30, systems={"GABA": ["GABA", "GABA_govindaraju"]})}, metabolites=["GABA"])
    chosen = {member.drawn["system.GABA"] for member in draw_members("pool", pool, 3)}
    assert chosen == {"GABA", "GABA_govindaraju"}


@pytest.fixture(scope="module")
def planted():
    """Nine likely scanners, of which one is held out, and one whose refocusing band is narrower than the spectrum."""
    import jax

    narrow = {"edit_duration_ms": 12, "first_gap_ms": 7, "second_gap_ms": 15, "refocus_duration_ms": 12}
    pool = settings(
        {"likely": group(9, laws=WIDE | {"edit_duration_ms": 14}), "narrow": group(1, "converged", laws=narrow, changes={
            "grid": {"positions": 8, "tolerance": None}})},
        {"nominal": {"basis": "ideal"}, "lower": {"basis": "ideal", "changes": {"edit_on_ppm": 1.88, "larmor_mhz": 127.7}}},
        held_out=["likely-004"],
    )  # fmt: skip
    with jax.enable_x64(True):
        return simulate_family("pool", pool, 11)


def test_narrow_refocusing_is_left_out_with_its_reason(planted):
    assert list(planted.removed) == ["narrow-000"]
    assert "median distance" in planted.removed["narrow-000"]
    with pytest.raises(InputError, match="no member `narrow-000`: its distance"):
        planted.subset(["narrow-000"])


def test_held_out_members_are_never_trained_on(planted):
    assert planted.held.members == planted.held_out == ("likely-004",)
    assert "likely-004" not in planted.training.members
    assert planted.training.held_out == ()
    assert len(planted.training.members) == len(planted.members) - 1 == 10


def test_all_have_the_same_naa(planted):
    decay = np.exp(-np.pi * 3 * planted.acquisition.time_s)
    norms = np.linalg.norm(planted.fids[:, planted.metabolites.index("NAA"), 0] * decay, axis=-1)
    np.testing.assert_allclose(norms, norms[0], rtol=1e-5)


def test_a_member_goes_where_a_basis_goes(planted):
    basis = planted.basis("lower")
    assert dict(basis.sizes) == {"metabolite": 2, "edit": 2, "time": POINTS}
    assert (basis.attrs["edit_on_ppm"], basis.attrs["larmor_mhz"]) == (1.88, 127.7)
    assert planted.acquisition_of("nominal").larmor_mhz == 123.23


def test_a_store_gives_the_family_back(planted, tmp_path):
    write_dataset(as_dataset(planted), tmp_path / "pool.zarr")
    back = read_family(tmp_path / "pool.zarr")
    np.testing.assert_array_equal(back.fids, planted.fids)
    assert (back.members, back.held_out, back.removed) == (planted.members, planted.held_out, planted.removed)
    assert back.acquisition == planted.acquisition
    assert back.table.loc["likely-002", "weight.NAA.2.008"] == planted.table.loc["likely-002", "weight.NAA.2.008"]
    assert np.isnan(back.table.loc["nominal", "weight.NAA.2.008"])
    words = ["group", "basis"]
    assert back.table[words].to_dict() == planted.table[words].to_dict()
    assert back.table.loc["nominal", words].tolist() == ["", "ideal"]


def test_spectra_share_one_axis_whatever_the_field(planted):
    """The singlet of creatine stands where it is at 123 and at 128 MHz alike."""
    ppm, spectra = planted.subset(["nominal", "lower"]).spectra(3.0)
    near = (ppm > 2.8) & (ppm < 3.2)
    peaks = ppm[near][np.abs(spectra[:, planted.metabolites.index("Cr"), 0][:, near]).argmax(axis=-1)]
    np.testing.assert_allclose(peaks, 3.027, atol=0.05)  # 64 points resolve 0.25 ppm
    assert planted.named == ("nominal", "lower")
