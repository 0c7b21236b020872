"""Simulate a family of bases: draw its members, simulate each, bring them to one scale, leave out what no scanner is."""

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from mrsgap.basis.family import Family, band_spectra
from mrsgap.basis.members import Member, draw_members
from mrsgap.basis.plan import BasisPlan
from mrsgap.basis.simulate import in_precision_of_caller, simulate_metabolite
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.job import track
from mrsgap.core.signal import lorentzian

log = logging.getLogger("mrsgap")
REFERENCES = ("NAA", "Cr")  # whose edit-off signal gives a member its scale; else the first metabolite's
SAMPLING = ("carrier_ppm", "spectral_width_hz", "points")


def simulate_family(name: str, settings: Mapping, seed: int) -> Family:
    """The family `name` (`settings` as in `members.draw_members`), filtered, in complex64.

    Raises `InputError` where members differ in their sampling.
    """
    members = draw_members(name, settings, seed)
    plans = [member.plan() for member in members]
    _check_sampling(members, plans)
    with ThreadPoolExecutor(2) as pool:
        work = pool.map(in_precision_of_caller(simulate_member), members, plans)
        fids = np.stack(list(track(work, f"family {name}", len(members))))  # (member, metabolite, edit, time)
    metabolites = tuple(settings["family"]["metabolites"])
    rule, acquisitions = settings["family"]["filter"], [plan.acquisition for plan in plans]
    scales = _scales(fids, metabolites, acquisitions[0], rule["linewidth_hz"])
    fids = scales[:, None, None, None] * fids
    distances = distances_from_middle(band_spectra(fids, acquisitions, rule["linewidth_hz"]))
    removed = _outlying(members, distances, rule["median_distances"])
    kept = [row for row, member in enumerate(members) if member.name not in removed]
    for left_out, why in removed.items():
        log.info("%s is left out: %s", left_out, why)
    return Family(
        name=name, fids=fids[kept].astype(np.complex64), members=tuple(members[row].name for row in kept),
        metabolites=metabolites, acquisition=plans[0].acquisition,
        table=_table(members, plans, scales, distances).iloc[kept],
        held_out=tuple(members[row].name for row in kept if members[row].name in settings["family"].get("held_out", ())),
        removed=removed,
    )  # fmt: skip


def simulate_member(member: Member, plan: BasisPlan) -> np.ndarray:
    """FIDs (metabolite, edit, time) of one member, as they come."""
    return np.stack([simulate_metabolite(name, system, plan).fid for name, system in member.systems.items()])


def distances_from_middle(spectra: np.ndarray) -> np.ndarray:
    """Distance (member,) of each of `spectra` (member, metabolite, edit, bin) from the middle one.

    The middle is the median over members of every real and imaginary part; the distance is the root mean square over
    metabolites of the relative L2 distance, both edit states together.
    """
    middle = np.median(spectra.real, axis=0) + 1j * np.median(spectra.imag, axis=0)
    size = np.linalg.norm(middle, axis=(-2, -1))  # (metabolite,)
    return np.sqrt(np.mean((np.linalg.norm(spectra - middle, axis=(-2, -1)) / size) ** 2, axis=-1))


def _outlying(members: list[Member], distances: np.ndarray, factor: float) -> dict[str, str]:
    """Random members farther than `factor` times the median distance, and why; fixed ones were asked for by name.

    ASSUME: what lies so far from all others is a combination of settings that no scanner has; without such a rule members
    with narrow-band refocusing dominate what varies in the family.
    """
    limit = factor * float(np.median(distances))
    return {
        member.name: f"its distance {distance:.3g} is above {factor:g} times the median distance, {limit:.3g}"
        for member, distance in zip(members, distances)
        if "group" in member.drawn and distance > limit
    }


def _scales(fids: np.ndarray, metabolites: tuple[str, ...], acquisition: Acquisition, linewidth_hz: float) -> np.ndarray:
    """Factor (member,) that gives every member the broadened edit-off norm of the first, for NAA or what stands for it."""
    row = metabolites.index(next((name for name in REFERENCES if name in metabolites), metabolites[0]))
    norms = np.linalg.norm(fids[:, row, 0] * lorentzian(acquisition.time_s, linewidth_hz), axis=-1)
    return norms[0] / norms


def _check_sampling(members: list[Member], plans: list[BasisPlan]) -> None:
    for member, plan in zip(members, plans):
        for key in SAMPLING:
            own, first = getattr(plan.acquisition, key), getattr(plans[0].acquisition, key)
            if own != first:
                raise InputError(f"`{key}` is {own} for the member `{member.name}` but {first} for `{members[0].name}`",
                                 cure="The members of a family share their sampling: change it for all of them")  # fmt: skip


def _table(members: list[Member], plans: list[BasisPlan], scales: np.ndarray, distances: np.ndarray) -> pd.DataFrame:
    always = pd.DataFrame(
        {
            "larmor_mhz": [plan.acquisition.larmor_mhz for plan in plans],
            "edit_off_ppm": [plan.edit_ppm[0] for plan in plans],
            "edit_on_ppm": [plan.edit_ppm[1] for plan in plans],
            "echo_time_s": [plan.sequence.echo_time_s for plan in plans],
            "scale": scales,
            "distance": distances,
        },
        index=[member.name for member in members],
    )
    drawn = pd.DataFrame([{"group": "", **member.drawn} for member in members], index=always.index)
    words = [name for name in drawn if drawn[name].dtype.kind not in "fib"]
    drawn[words] = drawn[words].fillna("")
    drawn["basis"] = [member.description["basis"] for member in members]
    return always.join(drawn.drop(columns=[name for name in drawn if name in always]))
