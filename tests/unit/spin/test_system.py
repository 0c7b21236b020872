"""Spin systems: splitting is exact bookkeeping, and faults are named."""

import numpy as np
import pytest
from reference_data import config

from mrsgap.core.errors import InputError
from mrsgap.spin.system import SHARED_SPINS, packed, proton_count, read_system

METABOLITES = config("metabolites.yaml")["metabolites"]


@pytest.mark.parametrize("name", METABOLITES)
def test_shipped_systems_have_their_protons_and_a_source(name):
    assert proton_count(read_system(name, METABOLITES[name])) == pytest.approx(METABOLITES[name]["protons"])
    assert len(METABOLITES[name]["reference"]) > 10


def test_creatine_falls_into_singlets():
    parts = read_system("Cr", METABOLITES["Cr"])
    assert sorted((part.spins, part.shifts_ppm[0], part.weight) for part in parts) == [
        (1, 3.027, 3), (1, 3.913, 2), (1, 6.649, 1),
    ]  # fmt: skip


def test_heteronuclei_become_shifts():
    doublet = {"parts": [{"shifts_ppm": [3.0, None], "nuclei": ["1H", "31P"], "couplings_hz": {"1-2": 6.0}}]}
    parts = read_system("X", doublet)
    assert sorted((part.offsets_hz, part.weight) for part in parts) == [((-3.0,), 0.5), ((3.0,), 0.5)]


def system(**part):
    return {"parts": [{"shifts_ppm": [1.0, 2.0], **part}]}


@pytest.mark.parametrize(("part", "complaint"), [
    ({"couplings_hz": {"1-3": 7.0}}, "not there"), ({"couplings_hz": {"1-1": 7.0}}, "couples a spin to itself"),
    ({"couplings_hz": {"1-2": 7.0, "2-1": 8.0}}, "given twice"), ({"couplings_hz": {"1:2": 7.0}}, "not of the form"),
    ({"couplings_hz": {"1-2": float("nan")}}, "finite"), ({"shifts_ppm": [1.0, float("inf")]}, "finite shift"),
    ({"nuclei": ["1H"]}, "2 shifts but 1 nuclei"), ({"nuclei": ["1H", "13C"]}, "unknown nucleus"),
    ({"shifts_ppm": list(np.arange(9.0)), "couplings_hz": {f"{i}-{i + 1}": 7.0 for i in range(1, 9)}}, "9 coupled protons"),
])  # fmt: skip
def test_faults_are_named(part, complaint):
    with pytest.raises(InputError, match=complaint) as caught:
        read_system("Mine", system(**part))
    assert "metabolites.Mine.parts[1]" in str(caught.value)


def test_symmetric_repetition_is_harmless():
    assert read_system("Mine", system(couplings_hz={"1-2": 7.0, "2-1": 7.0})) == read_system(
        "Mine", system(couplings_hz={"1-2": 7.0})
    )


def test_wrong_proton_count_is_an_error():
    with pytest.raises(InputError, match=r"2 protons.*`protons: 3`"):
        read_system("Mine", {**system(), "protons": 3})


@pytest.mark.parametrize("name", ["Cr", "NAA", "GSH", "Gln", "NAAG"])
def test_packed_parts_hold_every_proton_once_and_share_a_size(name):
    parts = read_system(name, METABOLITES[name])
    few = packed(parts)
    assert len(few) <= len(parts)
    assert {part.spins for part in few} <= {SHARED_SPINS, 6}
    assert sum(part.weight * sum(part.detected) for part in few) == pytest.approx(METABOLITES[name]["protons"])
