"""A basis for somebody's data: a configured basis moved to the field and the editing frequencies of the recording."""

import copy

import numpy as np
import xarray as xr
import yaml

from mrsgap.core.acquisition import Acquisition, stated
from mrsgap.core.errors import InputError
from mrsgap.core.laws import shifted_law
from mrsgap.core.names import EDIT_STATES

SAME_FIELD = 5e-3  # relative; within it the configured basis is simulated as it is
PROTON_MHZ = (20.0, 800.0)  # what a whole-body or animal scanner can be


def matching_description(template: dict, data: Acquisition, edit_ppm: dict[str, float | None]) -> tuple[dict, list[str]]:
    """A basis description (config: bases.<name>) for `data`, and what was changed, in words.

    `edit_ppm` maps `off` and `on` to the editing frequency in the file, None where it does not say. The field is taken over
    where it differs by more than 0.5 %; the spectral width grows with it, so that the ppm range stays. Raises `InputError` for
    a Larmor frequency that no proton scanner has.
    """
    if not PROTON_MHZ[0] <= data.larmor_mhz <= PROTON_MHZ[1]:
        raise InputError(f"a Larmor frequency of {data.larmor_mhz:g} MHz is not that of protons on a scanner",
                         cure="Correct `larmor_mhz` in the manifest (MHz, not Hz)")  # fmt: skip
    description, changes = dict(template), []
    if abs(data.larmor_mhz / template["larmor_mhz"] - 1) > SAME_FIELD:
        factor = data.larmor_mhz / template["larmor_mhz"]
        description["larmor_mhz"] = data.larmor_mhz
        description["spectral_width_hz"] = template["spectral_width_hz"] * factor
        description["points"] = int(2 * round(template["points"] * max(factor, 1.0) / 2))
        changes.append(f"simulated at {data.larmor_mhz:g} MHz instead of {template['larmor_mhz']:g} MHz")
    for state, value in edit_ppm.items():
        key = f"edit_{state}_ppm"
        if value is not None and abs(value - template[key]) > 1e-3:
            description[key] = float(value)
            changes.append(f"editing pulses of edit-{state} at {value:g} ppm instead of {template[key]:g} ppm")
    return description, changes


def matching_family(settings: dict, data: Acquisition, edit_ppm: dict[str, float | None]) -> tuple[dict, list[str]]:
    """`settings` of a family (`members.draw_members`) moved to `data`, and what was changed, in words.

    Every basis that members vary is moved as `matching_description` moves it. Editing frequencies that members state or draw
    keep their distance from the basis they vary, so that the family spreads about the file's own; a drawn field gives way to
    the file's.
    """
    bases, shifts_ppm, changes = {}, {}, []
    for name, template in settings["bases"].items():
        bases[name], remarks = matching_description(template, data, edit_ppm)
        shifts_ppm[name] = {key: bases[name][key] - template[key] for key in ("edit_off_ppm", "edit_on_ppm")}
        changes += [words for words in remarks if words not in changes]
    family = copy.deepcopy(dict(settings["family"]))
    for part, key in [*((one, "changes") for one in family.get("fixed", {}).values()),
                      *((one, "laws") for one in family.get("random", {}).values())]:  # fmt: skip
        stated_here = part.get(key, {})
        stated_here.pop("larmor_mhz", None)
        for name, shift_ppm in shifts_ppm[part["basis"]].items():
            if name in stated_here:
                stated_here[name] = shifted_law(stated_here[name], shift_ppm)
    return {**settings, "bases": bases, "family": family}, changes


def editing_of(measured: xr.Dataset) -> dict[str, float | None]:
    """Editing frequency of each state in ppm, the median over the items whose files say it; None where none does."""
    frequencies_ppm = {}
    for state in EDIT_STATES:
        values = stated(measured, f"edit_{state}_ppm")
        values = values[np.isfinite(values)]
        frequencies_ppm[state] = float(np.median(values)) if values.size else None
    return frequencies_ppm


def matching_settings(scale: str, bases: dict[str, dict], data: Acquisition, edit_ppm: dict[str, float | None]) -> str:
    """A config override (YAML) with results of its own, in which every basis of `bases` is made for `data`.

    Networks trained under it have learnt spectra like the recording's, as far as `matching_description` goes.
    """
    changed, remarks = {}, []
    for name, template in bases.items():
        description, changes = matching_description(template, data, edit_ppm)
        changed[name] = {key: value for key, value in description.items() if value != template.get(key)}
        remarks += [words for words in changes if words not in remarks]
    if not remarks:
        return "# The configured bases match these recordings.\n"
    heading = "".join(f"# {words}\n" for words in remarks)
    settings = {"scale": scale, "bases": changed, "answer": {"trained_networks": True}}
    return heading + yaml.safe_dump(settings, sort_keys=False)
