"""Which reader reads which file, and the one boundary at which a library's failure becomes a message for the user."""

import io
import warnings
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.constants import GYROMAGNETIC_RATIO_HZ_PER_T
from mrsgap.core.errors import InputError
from mrsgap.core.recording import Recording, check_signal
from mrsgap.measured.bruker import RAW_NAMES, is_bruker, read_bruker
from mrsgap.measured.dicom import read_dicom
from mrsgap.measured.ge import read_ge
from mrsgap.measured.jmrui import read_text
from mrsgap.measured.lcmodel_raw import read_raw, read_settings
from mrsgap.measured.nifti import read_nifti
from mrsgap.measured.philips import read_data_list, read_sdat
from mrsgap.measured.rda import read_rda
from mrsgap.measured.rows import leave_out_empty, separate_water
from mrsgap.measured.siemens_twix import read_twix
from mrsgap.measured.study_csv import read_study_csv

# ASSUME: what an in vivo or phantom proton scan can have. Each range spans less than the factor 1000 between units, so that at
# most one unit fits.
PLAUSIBLE = {
    "larmor_mhz": (20.0, 1200.0),
    "dwell_s": (1e-5, 3e-3),
    "echo_time_s": (1.0e-3, 0.99),
    "repetition_time_s": (0.1, 30.0),
}
# Factor to the unit of the name, and the unit it would then have been given in.
UNITS = {
    "larmor_mhz": {1e-6: "Hz", 1e-3: "kHz", 1e3: "GHz"},
    "dwell_s": {1e-3: "ms", 1e-6: "us", 1e-9: "ns"},
    "echo_time_s": {1e-3: "ms", 1e-6: "us"},
    "repetition_time_s": {1e-3: "ms", 1e-6: "us"},
}
WORDS = {
    "larmor_mhz": "Larmor frequency",
    "dwell_s": "dwell time",
    "echo_time_s": "echo time",
    "repetition_time_s": "repetition time",
}
NEEDED = ("larmor_mhz", "dwell_s")  # without these there is no spectrum, so a doubtful one is left for the acquisition to judge
FIELD_TOLERANCE = 0.01
NEEDED_PPM = (1.8, 3.5)  # NAA, creatine and choline: what states, polarity and registration are judged by
COARSEST_PPM = 0.1  # between bins of the spectrum


def plausible_header(recording: Recording) -> Recording:
    """The same recording with numbers in the units of their names; what fits no unit is dropped. Every change is a remark."""
    changes, notes = {}, []
    for name, (low, high) in PLAUSIBLE.items():
        value = getattr(recording, name)
        if value is None or low <= value <= high:
            continue
        fitting = [(value * factor, unit) for factor, unit in UNITS[name].items() if low <= value * factor <= high]
        ours = name.rsplit("_", 1)[1].replace("mhz", "MHz")
        if fitting:
            changes[name], unit = fitting[0]
            notes.append(f"{WORDS[name]} {value:g} in the file is taken as {unit}: {changes[name]:g} {ours}")
        elif name not in NEEDED:
            changes[name] = None
            notes.append(f"{WORDS[name]} {value:g} in the file is not one in any unit and is not used")
    mended = replace(recording, **changes)
    field, larmor_mhz = mended.field_tesla, mended.larmor_mhz
    if field and larmor_mhz and field > 0:
        true = 1e6 * larmor_mhz / GYROMAGNETIC_RATIO_HZ_PER_T
        if abs(true - field) > FIELD_TOLERANCE * true:
            notes.append(f"the header says {field:g} T, its Larmor frequency {true:.2f} T, which is used")
    return mended.noted(*notes)


def check_sampling(acquisition: Acquisition) -> None:
    """`InputError` where no spectrum of protons in the brain or a phantom can have been sampled so."""
    numbers = {"larmor_mhz": acquisition.larmor_mhz, "dwell_s": acquisition.dwell_s}
    for name, value in numbers.items():
        low, high = PLAUSIBLE[name]
        if not low <= value <= high:
            raise InputError(
                f"the {WORDS[name]} is {value:g}, which no proton spectrum has ({low:g} to {high:g})",
                cure=f"Give the right one in the manifest's column `{name}`",
            )
    where = (
        f"{acquisition.points} points at {acquisition.spectral_width_hz:g} Hz and {acquisition.larmor_mhz:g} MHz "
        f"with the carrier at {acquisition.carrier_ppm:g} ppm"
    )
    cure = "Correct `dwell_s`, `larmor_mhz` or `carrier_ppm` in the manifest"
    if any(acquisition.folds(shift_ppm) for shift_ppm in NEEDED_PPM):
        raise InputError(f"{where} do not reach {NEEDED_PPM[0]} to {NEEDED_PPM[1]} ppm", cure=cure)
    step_ppm = acquisition.spectral_width_hz / acquisition.points / acquisition.larmor_mhz
    if step_ppm > COARSEST_PPM:
        raise InputError(f"{where} resolve no line: {step_ppm:.2g} ppm from bin to bin", cure=cure)


# File name ending (lower case): name of the format, reader.
FORMATS = {
    ".nii.gz": ("NIfTI-MRS", read_nifti),
    ".nii": ("NIfTI-MRS", read_nifti),
    ".ima": ("DICOM", read_dicom),
    ".dcm": ("DICOM", read_dicom),
    ".7": ("GE P-file", read_ge),
    ".rda": ("Siemens RDA", read_rda),
    ".dat": ("Siemens twix", read_twix),
    ".sdat": ("Philips SDAT/SPAR", read_sdat),
    ".spar": ("Philips SDAT/SPAR", read_sdat),
    ".data": ("Philips data/list", read_data_list),
    ".list": ("Philips data/list", read_data_list),
    ".raw": ("LCModel RAW", read_raw),
    ".h2o": ("LCModel H2O", read_raw),
    ".plotin": ("LCModel PLOTIN", read_settings),
    ".txt": ("jMRUI text", read_text),
    ".csv": ("the study's CSV export", read_study_csv),
}
BRUKER = (*RAW_NAMES, "2dseq")  # whole names: these files have no ending


def ending(path) -> str | None:
    """The ending of a file name that a reader knows, or None."""
    name = Path(path).name.lower()
    if name in BRUKER:
        return name if is_bruker(path) else None
    return next((end for end in FORMATS if name.endswith(end)), None)


def read_recording(path) -> Recording:
    """Read one file in any known format; every failure is an `InputError` that names the file and the cure.

    >>> import numpy as np
    >>> from mrsgap.core.acquisition import Acquisition
    >>> from mrsgap.measured.nifti_out import write_nifti
    >>> scan = Acquisition(larmor_mhz=123.23, carrier_ppm=4.65, spectral_width_hz=2000.0, points=512)
    >>> line = np.exp(2j * np.pi * scan.frequency_hz(2.01) * scan.time_s - 9 * scan.time_s)
    >>> write_nifti("tube.nii.gz", [line, 0.1 * line], scan, {"EchoTime": 0.068}, edit_pulse_ppm=(7.4, 1.9), user={})
    >>> recording = read_recording("tube.nii.gz")
    >>> recording.states, recording.fid.shape, recording.echo_time_s
    (('off', 'on'), (2, 1, 1, 512), 0.068)
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"no file `{path}`", cure="Correct the path in the manifest")
    end = ending(path) or _ending_by_content(path)
    if end is None:
        raise InputError(f"`{path}` has none of the known endings {', '.join(FORMATS)}", cure="Convert it to NIfTI-MRS")
    if not path.stat().st_size:
        raise InputError(f"`{path}` is empty", cure="Copy or export it again")
    format_name, reader = FORMATS.get(end, ("Bruker ParaVision", read_bruker))
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")  # libraries talk about what is then refused or checked here
            recording = reader(path)
    except InputError as error:
        raise InputError(error.what, where=str(path), cure=error.cure) from error
    except Exception as error:  # the boundary: whatever a library raises on a damaged file
        reason = f"{type(error).__name__}: {error}".strip().splitlines()[0][:200]
        cure = "The file is damaged or of another kind: export it again, or convert it with spec2nii"
        raise InputError(f"cannot be read as {format_name} ({reason})", where=str(path), cure=cure) from error
    try:
        return separate_water(plausible_header(check_signal(leave_out_empty(recording))))
    except InputError as error:
        raise InputError(error.what, where=str(path), cure=error.cure) from error


def _ending_by_content(path: Path) -> str | None:
    """The ending that a file without a known one should have, by its first bytes: scanners write DICOM without any."""
    with open(path, "rb") as stream:
        first = stream.read(132)
    marks = {b"DICM": ".dcm", b">>> Begin of header": ".rda", b"jMRUI": ".txt"}
    return next((end for mark, end in marks.items() if first[128:].startswith(mark) or first.startswith(mark)), None)
