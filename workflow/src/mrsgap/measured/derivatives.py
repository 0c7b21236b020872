"""Every stage of an item as NIfTI-MRS in the layout of a BIDS derivative: combined, aligned, averaged, subtracted; its water.

Each file says under `ProcessingApplied` what was done to it, by which program, and the file's own history first.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from mrsgap.core.errors import InputError
from mrsgap.core.job import track
from mrsgap.core.names import DIFF, OFF, ON
from mrsgap.core.recording import Recording, Step, with_axes
from mrsgap.measured.averaged import Averaged
from mrsgap.measured.bids import derivative_path, describe_derivative
from mrsgap.measured.item import Item, make_item, read_files
from mrsgap.measured.manifest import Failure, Row
from mrsgap.measured.nifti_out import write_recording, write_water

AVERAGED = Step("Signal averaging", "transients weighted by their likelihood")
BROUGHT_TOGETHER = Step("Frequency and phase correction", "edit-on brought onto edit-off in sign, frequency and phase")
SUBTRACTED = Step("Subtraction of sub-spectra", "edit-on minus edit-off")
NAME = "Magnetic resonance spectra at every stage of processing"


def write_derivatives(rows: list[Row], folder, version: str) -> tuple[list[Path], list[Failure]]:
    """Write all stages of every row into `folder`; the paths written, and the items that could not be read.

    `InputError` if none could be read.
    """
    folder = Path(folder)
    written: list[Path] = []
    failures: list[Failure] = []
    describe_derivative(folder, NAME, version)
    for row in track(rows, "writing"):
        try:
            parts, notes = read_files(row)
            for target in parts[0]:
                files = [part[target] for part in parts]
                item = make_item(row, files, notes, target)
                for stage, recording in _stages(files, item):
                    path = _free(folder, item, stage, written)
                    write_recording(path, recording, version)
                    written.append(path)
                if item.water is not None:
                    path = _free(folder, item, "combined", written, water=True)
                    write_water(path, item.water, version)
                    written.append(path)
        except InputError as error:
            path = ", ".join(str(path) for path in row.paths.values())
            failures.append(Failure(row.series, row.item, path, str(error)))
    if not written:
        raise InputError(f"none of {len(failures)} items can be read; the first: {failures[0].reason if failures else 'none'}")
    return written, failures


def _stages(files: list[Averaged], item: Item) -> list[tuple[str, Recording]]:
    """Name and recording of every stage of an item; a stage of one file among several carries its edit state in the name."""
    stages = []
    for file in files:
        state = "" if len(files) == 1 else "-".join(file.fids).capitalize()
        stages += [(f"combined{state}", file.combined), (f"aligned{state}", file.aligned)]
    states = [state for state in (OFF, ON) if state in item.fids]
    template = replace(files[0].aligned, present=None, edit_off_ppm=None, edit_on_ppm=None)
    known = {name: value for name, value in item.protocol.items() if np.isfinite(value)}
    template = replace(template, **known, steps=(*template.steps, AVERAGED))
    if states:
        fid = np.stack([item.fids[state] for state in states])[:, None, None]
        steps = (*template.steps, BROUGHT_TOGETHER) if len(states) == 2 else template.steps
        stages.append(("averaged", replace(template, fid=fid, states=tuple(states), steps=steps)))
    if len(states) == 2:
        steps = (*template.steps, BROUGHT_TOGETHER, SUBTRACTED)
        stages.append(
            ("difference", replace(template, fid=with_axes(item.fids[ON] - item.fids[OFF]), states=(DIFF,), steps=steps))
        )
    elif DIFF in item.fids:
        stages.append(("difference", replace(template, fid=with_axes(item.fids[DIFF]), states=(DIFF,))))
    return stages


def _free(folder: Path, item: Item, stage: str, written: list[Path], water: bool = False) -> Path:
    """The path of a stage; names that BIDS's letters and digits make alike are numbered."""
    number = 1
    while True:
        name = item.row.item if number == 1 else f"{item.row.item}{number}"
        path = derivative_path(folder, item.row.series, name, stage, water)
        if path not in written:
            return path
        number += 1
