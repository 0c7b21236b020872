"""Philips `.SDAT` with its `.SPAR` and raw `.data` with its `.list`, which store the conjugate of the package's sense."""

from pathlib import Path

import numpy as np

from mrsgap.core.constants import CONVENTIONAL_CARRIER_PPM
from mrsgap.core.errors import InputError
from mrsgap.core.recording import LARGEST, Recording, Water, with_axes
from mrsgap.measured.header_states import state_in_words


def read_spar(path: Path) -> dict[str, str]:
    """Fields of a `.SPAR` by lower-case name; comments begin with `!`, fields part name and value by the first colon."""
    fields = {}
    for line in path.read_bytes().decode("latin-1").splitlines():
        name, colon, value = line.partition(":")
        if colon and not line.lstrip().startswith("!"):
            fields.setdefault(name.strip().lower(), value.strip().strip('"').strip())
    if not fields:
        raise InputError("it holds no fields", where=path.name, cure="Export the pair again")
    return fields


def spar_number(fields: dict[str, str], name: str, path: Path, default: float | None = None) -> float:
    """A field as a number > 0; some locales write a decimal comma. `InputError` where it is none and there is no default."""
    text = fields.get(name, "")
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = float("nan")
    if 0 < value < float("inf"):
        return value
    if default is not None and (not text or value == 0):
        return default
    raise InputError(f"the field `{name}` is {text!r}, not a number > 0", where=path.name, cure="Export the pair again")


def partner(path: Path, *suffixes: str) -> Path | None:
    """The file beside `path` of the same name with one of the suffixes, in whatever case either is written."""
    names = {f"{path.stem}{suffix}".lower() for suffix in suffixes}
    if path.name.lower() in names and path.is_file():
        return path
    try:
        beside = sorted(other for other in path.parent.iterdir() if other.name.lower() in names and other.is_file())
    except OSError:
        return None
    exact = [other for other in beside if other.stem == path.stem]
    return (exact or beside or [None])[0]


# ASSUME: 0 Hz is on water at 4.65 ppm (body temperature), as NIfTI-MRS and LCModel assume; the manifest can say otherwise.
ASSUMED = f"carrier assumed at {CONVENTIONAL_CARRIER_PPM:.2f} ppm (Philips, on water)"
# Columns of a `.list` without a heading; mix 1 is the water reference, `aver` and `dyn` count repeats.
COLUMNS = tuple("typ mix dyn card echo loca chan extr1 extr2 kx ky kz aver sign rf grad enc rtop rr size offset".split())
STANDARD, NOISE = "STD", "NOI"


def read_sdat(path: Path) -> Recording:
    """Read a pair named by either file; rows of the file are transients."""
    sdat, spar = _partner(path, ".sdat"), _partner(path, ".spar")
    header = read_spar(spar)
    size = sdat.stat().st_size / 8
    rows = spar_number(header, "rows", spar, default=1.0) if "rows" in header or "samples" not in header else size
    points = spar_number(header, "samples", spar, default=size / rows)
    rows = rows if "rows" in header else size / points
    if not 0 < 8 * points * rows <= LARGEST or points % 1 or rows % 1:
        raise InputError(f"the header declares {points} samples in {rows} rows", where=spar.name, cure="Export the pair again")
    raw = sdat.read_bytes()
    if len(raw) != 8 * points * rows:
        raise InputError(f"{spar.name} declares {rows:g} x {points:g} complex samples, but {sdat.name} holds {len(raw) / 8:g}",
                         cure="The file is truncated, or the two do not belong together: export it again")  # fmt: skip
    fid = vax_floats(raw).view(np.complex64).conj().reshape(int(rows), int(points))
    return Recording(fid=with_axes(fid), **_header(header, spar))


def read_data_list(path: Path) -> Recording:
    """Read a raw pair named by either file: every coil, mix 1 as water reference, the noise samples.

    Dwell time and Larmor frequency come from a `.SPAR` beside it (of its own name or that with `_act`), or the manifest.
    """
    data, listed = _partner(path, ".data"), _partner(path, ".list")
    rows, columns = _list(listed)
    raw = data.read_bytes()
    if len(raw) > LARGEST:
        raise InputError(f"the file has {len(raw)} bytes", cure="Export single-voxel spectra only")
    spectra = {0: [], 1: []}
    noise: dict[int, np.ndarray] = {}
    for row in rows:
        size, offset, kind = int(row[columns["size"]]), int(row[columns["offset"]]), row[columns["typ"]]
        if kind not in (STANDARD, NOISE):
            continue
        if size <= 0 or size % 8 or offset < 0 or offset + size > len(raw):
            raise InputError(f"{listed.name} places {size} bytes at {offset}, but {data.name} has {len(raw)}",
                             cure="The file is truncated, or the two do not belong together: export it again")  # fmt: skip
        samples = np.frombuffer(raw, "<c8", size // 8, offset).conj()
        counters = {name: int(row[columns[name]]) for name in ("mix", "dyn", "chan", "aver", "echo", "loca", "extr1", "extr2")}
        if kind == NOISE:
            noise[counters["chan"]] = samples
        elif counters["mix"] in spectra:
            order = tuple(counters[name] for name in ("dyn", "aver", "echo", "extr1", "extr2", "loca"))
            spectra[counters["mix"]].append((order, counters["chan"], samples))
    fid = _by_coil(spectra[0], listed)
    spar = partner(path, ".spar") or next(
        (other for word in ("_act.spar", "_raw_act.spar") if (other := partner(path.with_name(path.stem + word), ".spar"))),
        None,
    )
    header = _header(read_spar(spar), spar) if spar else {"carrier_ppm": CONVENTIONAL_CARRIER_PPM, "notes": (ASSUMED,)}
    coils = fid.shape[0]
    same = noise and len(noise) == coils and len({samples.size for samples in noise.values()}) == 1
    return Recording(
        fid=fid[None],
        water=Water(_by_coil(spectra[1], listed), "mix 1 of the file") if spectra[1] else None,
        noise=np.stack([noise[coil] for coil in sorted(noise)]) if same else None,
        **{"vendor": "Philips", **header},
    )


def _by_coil(entries: list, listed: Path) -> np.ndarray:
    """(coil, transient, time) of entries (counters of the transient, coil, samples); transients in the order of counters."""
    if not entries:
        raise InputError("it lists no spectra (STD)", where=listed.name, cure="Export the spectra, not a scout")
    coils = sorted({coil for _, coil, _ in entries})
    orders = sorted({order for order, _, _ in entries})
    points = {samples.size for _, _, samples in entries}
    if len(points) > 1:
        raise InputError(f"it lists spectra of {sorted(points)} samples", where=listed.name, cure="Export one series alone")
    fid = np.zeros((len(coils), len(orders), points.pop()), np.complex64)
    for order, coil, samples in entries:
        fid[coils.index(coil), orders.index(order)] = samples
    return fid


def _list(path: Path) -> tuple[list[list[str]], dict[str, int]]:
    """Rows of a `.list` with as many fields as its heading names, and the place of each column by name."""
    rows, names = [], list(COLUMNS)
    for line in path.read_bytes().decode("latin-1").splitlines():
        fields = line.split()
        if fields[:2] == ["#", "typ"]:
            names = fields[1:]
        elif fields and fields[0].isupper() and fields[0].isalpha() and len(fields[0]) == 3:
            rows.append(fields)
    columns = {name: place for place, name in enumerate(names)}
    needed = ("typ", "mix", "dyn", "chan", "aver", "echo", "loca", "extr1", "extr2", "size", "offset")
    missing = [name for name in needed if name not in columns]
    if missing:
        raise InputError(f"its heading has no column `{missing[0]}`", where=path.name, cure="Export the pair again")
    try:
        numeric = all(len(row) >= len(names) and all(int(row[columns[name]]) >= 0 for name in needed[1:]) for row in rows)
    except ValueError:
        numeric = False
    if not rows or not numeric:
        raise InputError("its rows do not fit its heading", where=path.name, cure="Export the pair again")
    return rows, columns


def _header(header: dict[str, str], spar: Path) -> dict:
    """What a `.SPAR` says of a recording."""
    nucleus = header.get("nucleus", "").upper() or "1H"
    if nucleus not in ("1H", "H1", "H"):
        raise InputError(f"the nucleus is {header['nucleus']}, not 1H", cure="Only proton spectra can be read")
    width_hz = spar_number(header, "sample_frequency", spar, default=0.0)
    source = next((name for name in ("examination_name", "scan_id") if state_in_words(header.get(name, ""))), "")
    state = {"states": (state_in_words(header[source]),), "state_source": f"{source} {header[source]!r}"} if source else {}
    return {
        "larmor_mhz": spar_number(header, "synthesizer_frequency", spar, default=0.0) * 1e-6 or None,
        "carrier_ppm": CONVENTIONAL_CARRIER_PPM,
        "dwell_s": 1.0 / width_hz if width_hz else None,
        "echo_time_s": spar_number(header, "echo_time", spar, default=0.0) * 1e-3 or None,
        "repetition_time_s": spar_number(header, "repetition_time", spar, default=0.0) * 1e-3 or None,
        "vendor": "Philips",
        "notes": (ASSUMED,),
        **state,
    }


def vax_floats(raw: bytes) -> np.ndarray:
    """VAX F floats as float32: 16-bit halves swapped, exponent bias 129 against IEEE's 127 (VAX Architecture Reference, 1987).

    An exponent field of zero means zero. VAX exponents too small for a normal IEEE number become zero.
    """
    halves = np.frombuffer(raw, "<u2").reshape(-1, 2)
    bits = (halves[:, 0].astype(np.uint32) << 16) | halves[:, 1]
    exponent = (bits >> 23) & 0xFF
    ieee = np.where(exponent > 2, bits - (2 << 23), 0).astype(np.uint32)
    return ieee.view(np.float32)


def _partner(path: Path, suffix: str) -> Path:
    """The file of the pair with `suffix`, in whatever case it is written."""
    other = partner(path, suffix)
    if other is None:
        both = ".SDAT and .SPAR" if suffix in (".sdat", ".spar") else ".data and .list"
        raise InputError(f"its partner {path.with_suffix(suffix).name} is absent", cure=f"Keep {both} in one folder")
    return other
