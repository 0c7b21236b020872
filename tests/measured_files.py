"""Made-up recordings for tests: signals of known lines, and files in each format's documented layout."""

import struct

import numpy as np

from mrsgap.core.acquisition import Acquisition
from mrsgap.measured.nifti_out import write_nifti

# Shift in ppm, amplitude edit-off, amplitude edit-on: shaped like a phantom of NAA, Cr and GABA.
LINES = ((2.008, 3.0, 0.3), (3.027, 2.0, 2.0), (3.01, 0.2, 0.8), (2.28, 0.4, 0.4), (1.89, 0.4, 0.05), (3.91, 1.3, 1.3))
ACQUISITION = Acquisition(larmor_mhz=123.25, carrier_ppm=4.70, spectral_width_hz=2000.0, points=1024)


def pair(acquisition=ACQUISITION, noise=0.01, seed=0, linewidth_hz=3.0, offset_ppm=0.0, phase=0.0):
    """Edit-off and edit-on FIDs, complex64 (edit, time)."""
    time_s = acquisition.time_s
    rng = np.random.default_rng(seed)
    turn = np.exp(2j * np.pi * acquisition.frequency_hz(np.array([line[0] + offset_ppm for line in LINES]))[:, None] * time_s)
    amplitudes = np.array([line[1:] for line in LINES]).T
    clean = amplitudes @ turn * np.exp(-np.pi * linewidth_hz * time_s + 1j * phase)
    return (clean + noise * (rng.normal(size=clean.shape) + 1j * rng.normal(size=clean.shape))).astype(np.complex64)


def nifti(path, fid=None, acquisition=ACQUISITION, synthetic=False):
    """Write an edited pair as NIfTI-MRS and return its FIDs."""
    fid = pair(acquisition) if fid is None else fid
    user = {"Synthetic": (True, "Signal is simulated")} if synthetic else {}
    write_nifti(path, fid, acquisition, {"EchoTime": 0.068}, edit_pulse_ppm=(7.4, 1.9), user=user)
    return fid


def rda(path, fid, acquisition=ACQUISITION, comments=None):
    """Write one state as .rda: text header, then double pairs in the package's sense."""
    header = {
        "PatientName": "J\xf6rg",
        "Nucleus": "1H",
        "MRFrequency": f"{acquisition.larmor_mhz:.6f}",
        "DwellTime": f"{1e6 * acquisition.dwell_s:.0f}",
        "VectorSize": acquisition.points,
        **{f"CSIMatrixSize[{axis}]": 1 for axis in range(3)},
        **({} if comments is None else {"InstanceComments": comments}),
    }
    text = "".join(f"{name}: {value}\r\n" for name, value in header.items())
    raw = b">>> Begin of header <<<\r\n" + text.encode("latin-1") + b">>> End of header <<<\r\n"
    path.write_bytes(raw + np.asarray(fid, np.complex128).tobytes())


def study_csv(path, fid, acquisition=ACQUISITION, version=2):
    """Write one state in the layout of the study's exports."""
    rows = [[f"WriteSpec2asc-v{version}"], ["ID", "x"], ["TE", 68], ["Samples", acquisition.points]]
    rows += [["Pulse_sequence", "EJA_MPRESS"], ["Transmitter_frequency", acquisition.larmor_mhz * 1e6]]
    rows += [["Sampling_frequency", acquisition.spectral_width_hz], ["Center_ppm", acquisition.carrier_ppm]]
    rows += [["t", *acquisition.time_s.tolist()]]
    fid = np.asarray(fid, np.complex128)
    if version == 2:
        rows += [["FID_real", *fid.real.tolist()], ["FID_imag", *(-fid.imag).tolist()]]
    else:
        rows += [["FID", *fid.real.tolist()]]
    path.write_text("\n".join(",".join(map(str, row)) for row in rows) + "\n", encoding="utf-8")


def lcmodel_raw(path, fid):
    """Write one state as LCModel .RAW."""
    lines = "".join(f"{value.real:15.6E}{value.imag:15.6E}\n" for value in np.asarray(fid, complex))
    path.write_text(f" $NMID\n ID='x', FMTDAT='(2E15.6)'\n TRAMP=1., VOLUME=1.\n $END\n{lines}", encoding="ascii")


def twix(path, fids, acquisition=ACQUISITION, channels=1):
    """Write scans (edit, transient, time) as a syngo VB twix file: header buffers, then one 128-byte scan header per scan.

    Layout: measurement data header of the VB line as read by mapVBVD. Twofold oversampled: the spectrum is centred in twice the
    width. The `Eco` counter numbers edit states, `Set` transients.
    """
    states, transients, points = fids.shape
    dwell_ns = 1e9 * acquisition.dwell_s / 2
    protocol = f"### ASCCONV BEGIN ###\nsRXSPEC.alDwellTime[0] = {dwell_ns:.0f}\n### ASCCONV END ###\n"
    dicom = f'<ParamLong."lFrequency"> {{ {acquisition.larmor_mhz * 1e6:.0f} }}\n'
    buffers = b""
    for name, text in (("Config", "\n"), ("Dicom", dicom), ("Meas", "\n"), ("MeasYaps", protocol), ("Phoenix", "\n")):
        raw = text.encode()
        buffers += name.encode() + b"\0" + struct.pack("<I", len(raw)) + raw
    length = 32768  # real headers are this long; mapVBVD takes one below 10,000 for another software line
    body = b""
    for transient in range(transients):
        for state in range(states):
            spectrum = np.fft.fftshift(np.fft.fft(fids[state, transient].conj()))
            wide = np.fft.ifft(np.fft.ifftshift(np.pad(spectrum, points // 2)))
            for channel in range(channels):
                body += _scan(2 * points, channels, channel, state, transient, last=False)
                body += (wide * 2 * (1 + channel)).astype(np.complex64).tobytes()
    body += _scan(16, 1, 0, 0, 0, last=True) + bytes(16 * 8)
    path.write_bytes((struct.pack("<II", length, 5) + buffers).ljust(length, b"\0") + body)


def _scan(samples, channels, channel, echo, index, last):
    header = bytearray(128)
    struct.pack_into("<I", header, 0, 128 + 8 * samples)  # DMA length
    struct.pack_into("<I", header, 20, 1 if last else 8)  # evaluation mask: end of acquisition, or online
    struct.pack_into("<HH", header, 28, samples, channels)
    counters = [0] * 14  # line, average, slice, partition, echo, phase, repetition, set, segment, ...
    counters[4], counters[7] = echo, index
    struct.pack_into("<14H", header, 32, *counters)
    struct.pack_into("<HH", header, 124, channel, 0)
    return bytes(header)
