"""Numbers of a header in the wrong unit: told by what a proton scan can have, mended where one unit alone fits."""

from dataclasses import replace

from mrsgap.core.acquisition import Acquisition
from mrsgap.core.constants import GYROMAGNETIC_RATIO_HZ_PER_T
from mrsgap.core.errors import InputError
from mrsgap.core.recording import Recording

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
