"""Which reader reads which file, and the one boundary at which a library's failure becomes a message for the user."""

import io
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from mrsgap.core.errors import InputError
from mrsgap.core.recording import Recording, check_signal
from mrsgap.measured.bruker import RAW_NAMES, is_bruker, read_bruker
from mrsgap.measured.dicom import read_dicom
from mrsgap.measured.ge import read_ge
from mrsgap.measured.jmrui import read_text
from mrsgap.measured.lcmodel_raw import read_raw, read_settings
from mrsgap.measured.nifti import read_nifti
from mrsgap.measured.philips import read_data_list, read_sdat
from mrsgap.measured.plausible import plausible_header
from mrsgap.measured.rda import read_rda
from mrsgap.measured.rows import leave_out_empty, separate_water
from mrsgap.measured.siemens_twix import read_twix
from mrsgap.measured.study_csv import read_study_csv

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
