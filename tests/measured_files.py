"""Made-up recordings for tests: signals of known lines, and files in each format's documented layout."""

import struct

import numpy as np
import pydicom

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


COUNTERS = ("Lin", "Ave", "Sli", "Par", "Eco", "Phs", "Rep", "Set", "Seg", "Ida", "Idb", "Idc", "Idd", "Ide")


def twix(path, fids, acquisition=ACQUISITION, channels=1, counters=("Eco", "Set"), leading=0):
    """Write scans (edit, transient, time) as a syngo VB twix file: header buffers, then one 128-byte scan header per scan.

    Layout: measurement data header of the VB line as read by mapVBVD. Twofold oversampled: the spectrum is centred in twice the
    width. The first of `counters` numbers edit states, the second transients. `leading` samples come before the top of the FID.
    """
    states, transients, points = fids.shape
    dwell_ns = 1e9 * acquisition.dwell_s / 2
    settings = f"sRXSPEC.alDwellTime[0] = {dwell_ns:.0f}\nsSpecPara.lVectorSize = {points}"
    protocol = f"### ASCCONV BEGIN ###\n{settings}\n### ASCCONV END ###\n"
    places = [COUNTERS.index(name) for name in counters]
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
            wide = np.concatenate([np.zeros(2 * leading), wide])
            for channel in range(channels):
                body += _scan(wide.size, channels, channel, dict(zip(places, (state, transient))), last=False)
                body += (wide * 2 * (1 + channel)).astype(np.complex64).tobytes()
    body += _scan(16, 1, 0, {}, last=True) + bytes(16 * 8)
    path.write_bytes((struct.pack("<II", length, 5) + buffers).ljust(length, b"\0") + body)


def _scan(samples, channels, channel, counts, last):
    header = bytearray(128)
    struct.pack_into("<I", header, 0, 128 + 8 * samples)  # DMA length
    struct.pack_into("<I", header, 20, 1 if last else 8)  # evaluation mask: end of acquisition, or online
    struct.pack_into("<HH", header, 28, samples, channels)
    counters = [0] * 14  # line, average, slice, partition, echo, phase, repetition, set, segment, ...
    for place, count in counts.items():
        counters[place] = count
    struct.pack_into("<14H", header, 32, *counters)
    struct.pack_into("<HH", header, 124, channel, 0)
    return bytes(header)


def water(acquisition=ACQUISITION, height=3000.0, seed=9):
    """FID complex64 (time,) of unsuppressed water."""
    time_s = acquisition.time_s
    line = height * np.exp(2j * np.pi * acquisition.frequency_hz(4.68) * time_s - 8 * np.pi * time_s)
    rng = np.random.default_rng(seed)
    return (line + 0.01 * (rng.normal(size=line.size) + 1j * rng.normal(size=line.size))).astype(np.complex64)


def pfile(path, frames, references=2, acquisition=ACQUISITION, order="<", coils=1):
    """Write frames (frame, time), water first, as a P-file of revision 9: each coil's frames after a baseline frame."""
    raw = bytearray(61464)
    points = frames.shape[1]
    numbers = np.concatenate([np.zeros((1, points)), frames]) * 1000
    whole = np.concatenate([(1 + coil) * numbers for coil in range(coils)])
    pairs = np.stack([whole.real, whole.imag], axis=-1).round().astype(f"{order}i4").tobytes()
    struct.pack_into(f"{order}f", raw, 0, 9.0)
    struct.pack_into(f"{order}h", raw, 80, points)
    struct.pack_into(f"{order}h", raw, 82, 4)
    struct.pack_into(f"{order}i", raw, 116, len(pairs))
    struct.pack_into(f"{order}hh", raw, 200, 0, coils - 1)
    struct.pack_into(f"{order}f", raw, 292, references)
    struct.pack_into(f"{order}f", raw, 368, acquisition.spectral_width_hz)
    struct.pack_into(f"{order}i", raw, 424, round(acquisition.larmor_mhz * 1e7))
    struct.pack_into(f"{order}ii", raw, 60128, 2000000, 0)
    struct.pack_into(f"{order}i", raw, 60136, 68000)
    struct.pack_into(f"{order}h", raw, 60144, 1)
    struct.pack_into(f"{order}f", raw, 60152, 2.0)
    path.write_bytes(bytes(raw) + pairs)


def spar(path, rows, acquisition=ACQUISITION, comma=False, **fields):
    """Write a .SPAR header."""
    values = {
        "examination_name": "Jörg",
        "samples": acquisition.points,
        "rows": rows,
        "synthesizer_frequency": round(acquisition.larmor_mhz * 1e6),
        "sample_frequency": f"{acquisition.spectral_width_hz:g}",
        "nucleus": "1H",
        "echo_time": "68.5",
        "repetition_time": 2000,
        **fields,
    }
    text = "! a comment\r\n\r\n" + "".join(f"{name} : {value}\r\n" for name, value in values.items())
    path.write_bytes((text.replace("68.5", "68,5") if comma else text).encode("latin-1"))


def sdat(path, fids, acquisition=ACQUISITION, **fields):
    """Write rows (row, time) as .SDAT with its .SPAR: VAX floats of the conjugate."""
    conjugate = np.asarray(fids, np.complex64).conj()
    ieee = np.stack([conjugate.real, conjugate.imag], axis=-1).astype("<f4").ravel().view("<u4")
    exponent = (ieee >> 23) & 0xFF
    vax = np.where(exponent > 0, ieee + (2 << 23), 0).astype("<u4")
    path.write_bytes((((vax & 0xFFFF) << 16) | (vax >> 16)).astype("<u4").tobytes())
    spar(path.with_suffix(".SPAR" if path.suffix.isupper() else ".spar"), len(fids), acquisition, **fields)


def data_list(path, fids, reference=None, noise=None, heading=True):
    """Write spectra (coil, transient, time), water (coil, time) and noise (coil, sample) as .data with its .list."""
    names = "typ mix dyn card echo loca chan extr1 extr2 kx ky kz aver sign rf grad enc rtop rr size offset".split()
    lines, body = ["# === DATA DESCRIPTION FILE ===", ".    0    0    0  number_of_mixes  :     2"], b""
    lines += ["# " + "  ".join(names)] if heading else []
    rows = [("NOI", 0, 0, coil, samples) for coil, samples in enumerate(noise if noise is not None else ())]
    rows += [("STD", 0, turn, coil, fid) for turn in range(fids.shape[1]) for coil, fid in enumerate(fids[:, turn])]
    rows += [("STD", 1, 0, coil, fid) for coil, fid in enumerate(reference if reference is not None else ())]
    for kind, mix, turn, coil, samples in rows:
        raw = np.asarray(samples, np.complex64).conj().astype("<c8").tobytes()
        values = {"typ": kind, "mix": mix, "aver": turn, "chan": coil, "sign": 1, "size": len(raw), "offset": len(body)}
        lines.append("  ".join(str(values.get(name, 0)) for name in names))
        body += raw
    path.with_suffix(".data").write_bytes(body)
    path.with_suffix(".list").write_text("\r\n".join(lines) + "\r\n", encoding="ascii")


def jmrui(path, fids, acquisition=ACQUISITION, comma=False, columns=2):
    """Write spectra (row, time) as jMRUI text: the conjugate, intervals in ms."""
    header = {
        "PointsInDataset": acquisition.points,
        "DatasetsInFile": len(fids),
        "SamplingInterval": f"{1e3 * acquisition.dwell_s:.6E}",
        "ZeroOrderPhase": "0E0",
        "BeginTime": "0E0",
        "TransmitterFrequency": f"{1e6 * acquisition.larmor_mhz:.6E}",
        "MagneticField": "2.9E0",
        "NameOfPatient": "J\xf6rg: x",
    }
    lines = ["jMRUI Data Textfile", "", "Filename: x.txt", ""] + [f"{name}: {value}" for name, value in header.items()]
    lines += ["", "Signal and FFT", "sig(real)\tsig(imag)\tfft(real)\tfft(imag)"]
    for number, fid in enumerate(fids, start=1):
        lines.append(f"Signal {number} out of {len(fids)} in file")
        lines += ["\t".join([f"{value.real:.7E}", f"{-value.imag:.7E}", "0.0", "0.0"][:columns]) for value in fid]
    text = "\r\n".join(lines)
    path.write_bytes((text.replace(".", ",") if comma else text).encode("latin-1"))


def bruker(folder, fids, acquisition=ACQUISITION, delay=68, order="little", padded=False):
    """Write transients (transient, time) as a ParaVision `fid` with `method` and `acqp`, `delay` samples before the top."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = np.concatenate([np.zeros((len(fids), delay)), fids[:, : fids.shape[1] - delay]], axis=1).conj() * 1e4
    pairs = np.stack([rows.real, rows.imag], axis=-1).reshape(len(fids), -1).round()
    if padded:
        pairs = np.pad(pairs, ((0, 0), (0, -pairs.shape[1] % 256)))
    (folder / "fid").write_bytes(pairs.astype("<i4" if order == "little" else ">i4").tobytes())
    acqp = f"##TITLE=Parameter List\n$$ a comment\n##$GO_raw_data_format=GO_32BIT_SGN_INT\n##$BYTORDA={order}\n##END=\n"
    method = (
        f"##TITLE=Parameter List\n##$PVM_SpecMatrix=( 1 )\n{acquisition.points}\n##$PVM_SpecSWH=( 1 )\n"
        f"{acquisition.spectral_width_hz}\n##$PVM_FrqWork=( 8 )\n{acquisition.larmor_mhz} 0 0 0 0 0 0 0\n##$PVM_EchoTime=68\n"
        f"##$PVM_RepetitionTime=2000\n##$PVM_DigShift={delay}\n##$PVM_Nucleus1Enum=<1H>\n##$PVM_FrqWorkPpm=( 1 )\n4.7\n##END=\n"
    )
    (folder / "acqp").write_text(acqp, encoding="ascii")
    (folder / "method").write_text(method, encoding="ascii")


def enhanced_dicom(path, frames, water=(), edits=(), manufacturer="Philips Medical Systems"):
    """Write frames (frame, time) as enhanced DICOM, with Philips's private word on each."""
    header = pydicom.Dataset()
    header.SOPClassUID, header.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4.2", "1.2.3"
    header.Manufacturer, header.MagneticFieldStrength = manufacturer, 3.0
    header.DataPointColumns, header.SpectralWidth, header.TransmitterFrequency = frames.shape[1], 2000.0, 123.25
    header.NumberOfFrames = len(frames)
    header.add_new((0x5600, 0x0020), "OF", frames.conj().astype("<c8").tobytes())
    entries = []
    for index in range(len(frames)):
        entry = pydicom.Dataset()
        entry.add_new((0x2005, 0x1304), "SS", int(index in water))
        if edits:
            entry.add_new((0x2005, 0x1598), "CS", str(edits[index]))
        entries.append(entry)
    if manufacturer.startswith("Philips"):
        header.add_new((0x2005, 0x140F), "SQ", pydicom.Sequence(entries))
    header.file_meta = pydicom.dataset.FileMetaDataset()
    header.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    header.save_as(path, enforce_file_format=True)


VISU_PARS = (
    "##$VisuCoreDimDesc=( 1 )\nspectroscopic\n##$VisuCoreSize=( 1 )\n1024\n##$VisuCoreWordType=_32BIT_FLOAT\n"
    "##$VisuCoreByteOrder=littleEndian\n##$VisuAcqImagingFrequency=123.25\n##END=\n"
)
