"""One signal from many receiver coils: noise-whitened singular value decomposition (WSVD).

Rodgers and Robson, Magn. Reson. Med. 2010, 63, 881: whiten the coils by the covariance of their noise; what all of them see at
once is then the first singular vector, whatever the line shape, and projecting on it gives the best signal-to-noise ratio that
weights common to all samples can give.
"""

from dataclasses import dataclass, replace

import numpy as np

from mrsgap.core.errors import InputError
from mrsgap.core.recording import Recording, Step
from mrsgap.core.signal import multiply_bins, native_hz, spectrum

EDGE = 0.1  # share of the spectral width at either end that is taken as free of resonances, as `core.noise`
USED_S = 0.15  # later samples add mostly noise to what the coils have in common
PER_PAIR = 4  # samples of noise for each entry of a covariance matrix that is believed beyond its diagonal
DEAD = 1e-6  # of the median coil's noise: such a coil was not connected
NOISELESS = 1e-9  # noise below this share of the largest sample is rounding


@dataclass(frozen=True)
class Weights:
    """How coils combine: `sensitivity` (coil,) of norm 1, zero for coils left out, and the `noise` covariance (coil, coil).

    The combined signal is the maximum-likelihood amplitude of `sensitivity`, so signals combined with the same weights (a water
    reference and the metabolites) have the same scale.
    """

    sensitivity: np.ndarray
    noise: np.ndarray
    left_out: tuple[int, ...] = ()

    @property
    def row(self) -> np.ndarray:
        """The weights themselves, (coil,): combined = row @ fid."""
        live = [coil for coil in range(self.sensitivity.size) if coil not in self.left_out]
        solved = np.linalg.solve(self.noise[np.ix_(live, live)], self.sensitivity[live])
        row = np.zeros(self.sensitivity.size, complex)
        row[live] = solved.conj() / np.vdot(self.sensitivity[live], solved).real
        return row

    def combine(self, fid: np.ndarray) -> np.ndarray:
        """One signal (..., time) from `fid` (coil, ..., time); `InputError` for another number of coils."""
        if fid.shape[0] != self.sensitivity.size:
            raise InputError(
                f"{fid.shape[0]} coils cannot be combined with the weights of {self.sensitivity.size}",
                cure="The water reference must come from the same coils as the spectrum",
            )
        return np.tensordot(self.row, np.where(np.isfinite(fid), fid, 0), axes=1)

    def gain(self) -> float:
        """Signal-to-noise ratio of the combination over that of the best single coil."""
        live = [coil for coil in range(self.sensitivity.size) if coil not in self.left_out]
        vector, covariance = self.sensitivity[live], self.noise[np.ix_(live, live)]
        combined = np.vdot(vector, np.linalg.solve(covariance, vector)).real
        return float(np.sqrt(combined / np.max(abs(vector) ** 2 / np.diag(covariance).real)))


def combine_coils(recording: Recording) -> Recording:
    """`recording` with its coils, and its water reference's, combined into one, and without the samples before the FID's top.

    The weights come from the water reference where it has the same coils, else from the spectrum itself. What was gained over
    the best single coil is a remark. Raises `InputError` where no coil holds signal.
    """
    recording = _without_leading_points(recording)
    water = recording.water
    if water is not None and water.leading_points:
        water = replace(water, fid=_cut(water.fid, water.leading_points), leading_points=0.0)
    coils = recording.fid.shape[1]
    if coils == 1:
        if water is not None and water.fid.shape[0] > 1:
            water = replace(water, fid=coil_weights(water.fid, _dwell_s(recording, water)).combine(water.fid)[None])
        return replace(recording, water=water)
    shared = water is not None and water.fid.shape[0] == coils
    rows = recording.rows
    signal = water.fid if shared else np.moveaxis(recording.fid, 1, 0)[:, rows]  # (coil, transient, time)
    noise = recording.noise if recording.noise is not None and recording.noise.shape[0] == coils else None
    if noise is None and shared:  # the noise is that of the spectrum: water's own tails are full of water
        noise = _edges(np.moveaxis(recording.fid, 1, 0)[:, rows])
    weights = coil_weights(signal, _dwell_s(recording, water if shared else recording), noise)
    combined = np.stack([weights.combine(state) for state in recording.fid])[:, None]
    notes = [f"{coils} coils combined{' with the weights of the water reference' if shared else ''}: "
             f"{weights.gain():.2f} times the best coil's signal-to-noise ratio"]  # fmt: skip
    if weights.left_out:
        names = recording.coil_names or tuple(str(coil + 1) for coil in range(coils))
        notes.append(f"coil {', '.join(names[coil] for coil in weights.left_out)} left out: it holds nothing")
    if water is not None and not shared:
        if water.fid.shape[0] == 1:
            notes.append("the water reference's coils were combined elsewhere: its amplitude has another scale")
        else:
            water, own = None, water.fid.shape[0]
            notes.append(f"the water reference is not used: it has {own} coils, the spectrum {coils}")
    elif shared:
        water = replace(water, fid=weights.combine(water.fid)[None])
    step = Step("RF coil combination", f"noise-whitened SVD of {coils} coils")
    return replace(recording, fid=combined, water=water, noise=None, coil_names=(), steps=(*recording.steps, step)).noted(
        *notes
    )


def _dwell_s(recording: Recording, signal) -> float:
    return signal.dwell_s or recording.dwell_s or recording.acquisition.dwell_s


def _without_leading_points(recording: Recording) -> Recording:
    if not recording.leading_points:
        return recording
    note = f"{recording.leading_points:g} samples before the top of the FID removed"
    step = Step("Truncation", note)
    return replace(
        recording, fid=_cut(recording.fid, recording.leading_points), leading_points=0.0, steps=(*recording.steps, step)
    ).noted(note)


def _cut(fid: np.ndarray, leading_points: float) -> np.ndarray:
    """`fid` (..., time) from `leading_points` on; a fraction of a sample is a first-order phase, as a group delay leaves it."""
    whole = int(np.floor(leading_points))
    rest = leading_points - whole
    if rest:
        cycles = native_hz(fid.shape[-1], 1.0)
        fid = multiply_bins(fid, np.exp(2j * np.pi * cycles * rest))
    return fid[..., whole:]


def coil_weights(fid: np.ndarray, dwell_s: float, noise: np.ndarray | None = None) -> Weights:
    """Weights for coils that recorded `fid` complex (coil, ..., time); `noise` (coil, samples) is a pre-scan without signal.

    Without a pre-scan the noise is taken from the edges of the spectra. Give the unsuppressed water reference as `fid` where
    there is one: its signal is thousands of times stronger. Transients may drift: each sample of each counts by itself.
    The sensitivity is real and positive at the strongest coil. Raises `InputError` where no coil holds signal.

    >>> generator = np.random.default_rng(1)
    >>> line = np.exp((2j * np.pi * 40 - 12) * np.arange(2048) * 5e-4)
    >>> noise = 0.01 * (generator.normal(size=(2, 2048)) + 1j * generator.normal(size=(2, 2048)))
    >>> weights = coil_weights(np.array([[1.0], [0.5j]]) * line + noise, dwell_s=5e-4)
    >>> print((weights.sensitivity.round(2) + 0).tolist(), round(weights.gain(), 2))
    [(0.89+0j), 0.45j] 1.11
    """
    coils = fid.shape[0]
    flat = np.where(np.isfinite(fid), fid, 0).reshape(coils, -1, fid.shape[-1])  # (coil, transient, time)
    scale = np.array([np.max(abs(one)) for one in flat])
    if not np.any(scale > 0):
        raise InputError("no coil holds a signal", cure="Export the file again")
    quiet = _edges(flat) if noise is None else np.asarray(noise, complex)
    power = np.mean(abs(quiet) ** 2, axis=1)
    power = np.maximum(power, (NOISELESS * scale.max()) ** 2 * (scale > 0))  # a simulated signal may have no noise
    live = np.flatnonzero((scale > 0) & (power > DEAD**2 * np.median(power[scale > 0])))
    covariance = np.zeros((coils, coils), complex)
    covariance[np.ix_(live, live)] = _covariance(quiet[live], power[live])
    root = np.linalg.cholesky(covariance[np.ix_(live, live)])
    used = max(16, min(fid.shape[-1], int(USED_S / dwell_s)))
    signal = np.linalg.solve(root, flat[live, :, :used].reshape(live.size, -1))
    vectors, _ = _eigenvectors(signal @ signal.conj().T)
    sensitivity = np.zeros(coils, complex)
    sensitivity[live] = root @ vectors[:, 0]
    strongest = sensitivity[np.argmax(abs(sensitivity))]
    sensitivity *= strongest.conj() / abs(strongest) / np.linalg.norm(sensitivity)
    return Weights(sensitivity, covariance, tuple(int(coil) for coil in np.setdiff1d(np.arange(coils), live)))


def _edges(flat: np.ndarray) -> np.ndarray:
    """Noise (coil, samples) as differences of neighbouring bins at both ends of every spectrum; SD per sample of the FID."""
    bins = spectrum(flat) / np.sqrt(flat.shape[-1])  # (coil, transient, bin)
    edge = max(8, round(EDGE * bins.shape[-1]))
    steps = np.concatenate([np.diff(bins[..., :edge]), np.diff(bins[..., -edge:])], axis=-1)
    return steps.reshape(flat.shape[0], -1) / np.sqrt(2)


def _covariance(quiet: np.ndarray, power: np.ndarray) -> np.ndarray:
    """Covariance of noise (coil, samples): in full where there are enough samples, else its diagonal; never singular."""
    coils, samples = quiet.shape
    if samples < PER_PAIR * coils:
        return np.diag(power).astype(complex)
    full = quiet @ quiet.conj().T / samples
    np.fill_diagonal(full, power * (1 + 1e-9))
    return full


def _eigenvectors(gram: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvectors of a Hermitian matrix in columns, and eigenvalues, largest first."""
    values, vectors = np.linalg.eigh(gram)
    return vectors[:, ::-1], values[::-1]
