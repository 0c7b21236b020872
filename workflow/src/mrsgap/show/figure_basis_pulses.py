"""Figure 1: the sequence, drawn from its own events, its pulses, and the basis spectra; 1b: one metabolite in every basis."""

import numpy as np
import xarray as xr

from mrsgap.basis.compare import FEATURE_PPM
from mrsgap.core.acquisition import Acquisition
from mrsgap.core.errors import InputError
from mrsgap.core.names import DIFF, EDIT_STATES, METABOLITE, OFF, ON
from mrsgap.core.signal import lorentzian, spectrum
from mrsgap.show import style
from mrsgap.spin.profile import bandwidth_hz, peak_b1_microtesla, profile
from mrsgap.spin.sequence import Delay, Excitation, HardPulse, Pulse, Sequence
from mrsgap.spin.waveform import Waveform


def pulses_figure(shaped: dict[str, Waveform], larmor_mhz: dict[str, float]):
    """One row per pulse by name: its waveform, and its profile at the Larmor frequency of a basis that uses it."""
    fig, axes = style.figure(style.PAGE_CM * 0.75, 4.6 * len(shaped), nrows=len(shaped), ncols=2, squeeze=False)
    for row, (name, waveform) in zip(axes, shaped.items()):
        draw_waveform(row[0], waveform, name)
        draw_profile(row[1], waveform, larmor_mhz[name])
    fig.legend(*axes[0, 1].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return fig


def draw_waveform(ax, waveform: Waveform, name: str) -> None:
    """Signed amplitude in microtesla (real part at the pulse's own phase) against time in ms."""
    time_ms = (np.arange(waveform.steps) + 0.5) * waveform.duration_s / waveform.steps * 1e3
    amplitude = waveform.amplitude * np.cos(waveform.phase_rad) * peak_b1_microtesla(waveform)
    ax.axhline(0, color=style.GREY, lw=0.4)
    ax.step(time_ms, amplitude, where="mid", color=style.BLACK)
    ax.set(xlabel="time (ms)", ylabel="B$_1$ (µT)", title=name)


def draw_profile(ax, waveform: Waveform, larmor_mhz: float) -> None:
    """Mz after the pulse and the refocused share, against offset in ppm."""
    width_hz = bandwidth_hz(waveform)
    offset_hz = np.linspace(-1.5 * width_hz, 1.5 * width_hz, 1201)
    result = profile(waveform, offset_hz)
    ax.axhline(0, color=style.GREY, lw=0.4)
    ax.plot(offset_hz / larmor_mhz, result.mz, color=style.BLUE, label="M$_z$ after inversion")
    ax.plot(offset_hz / larmor_mhz, result.refocused, color=style.VERMILION, ls="--", label="share refocused")
    ax.set_title(f"inverts {width_hz:.1f} Hz ({width_hz / larmor_mhz:.2f} ppm)")
    ax.set(xlabel="offset (ppm)", ylabel="M$_z$ / M$_0$", ylim=(-1.08, 1.08))


def pulse_row(name: str, waveform: Waveform) -> dict:
    """Numbers of one pulse: steps, duration, peak B1 (Hz, microtesla), inversion bandwidth (NaN where it does not invert)."""
    try:
        width_hz = bandwidth_hz(waveform)
    except InputError:
        width_hz = float("nan")
    return {
        "pulse": name, "steps": waveform.steps, "duration_ms": waveform.duration_s * 1e3, "peak_b1_hz": waveform.peak_b1_hz,
        "peak_b1_microtesla": peak_b1_microtesla(waveform), "bandwidth_hz": width_hz,
    }  # fmt: skip


HIGH_PPM, LOW_PPM = 4.5, 1.0
_ROWS = {"RF": 2.2, "x": 0.95, "y": 0.0}


def basis_figure(sequence: Sequence, basis: xr.Dataset, linewidth_hz: float):
    """Panel a: the sequence; panels b to d: the basis, edit-off, edit-on and difference."""
    height_cm = 7.5 + 1.7 * basis.sizes["metabolite"]
    fig, axes = style.figure(
        style.PAGE_CM, height_cm, mosaic=[["a", "a", "a"], ["off", "on", "diff"]], height_ratios=[5, height_cm - 5]
    )
    draw_sequence(axes["a"], sequence)
    draw_basis([axes["off"], axes["on"], axes["diff"]], basis, linewidth_hz)
    for name, letter in zip(axes, "abcd"):
        style.panel_label(axes[name], letter)
    return fig


def basis_spectra(basis: xr.Dataset, linewidth_hz: float) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Chemical shift (bin,) and the real spectra (metabolite, bin) by edit state, diff included, in the study's band."""
    acquisition = Acquisition.from_attributes(basis.attrs)
    damped = basis["fid"].sel(edit=list(EDIT_STATES)).values * lorentzian(acquisition.time_s, linewidth_hz)
    off, on = np.moveaxis(spectrum(damped).real, 1, 0)
    band = (acquisition.ppm <= HIGH_PPM) & (acquisition.ppm >= LOW_PPM)
    return acquisition.ppm[band], {OFF: off[:, band], ON: on[:, band], DIFF: (on - off)[:, band]}


def draw_basis(axes, basis: xr.Dataset, linewidth_hz: float) -> None:
    """One Axes per edit state (off, on, diff): metabolites stacked at one scale per metabolite, shared by the states."""
    ppm, states = basis_spectra(basis, linewidth_hz)
    names = list(basis[METABOLITE].values)
    for ax, (state, values) in zip(axes, states.items()):
        for row, name in enumerate(names):
            scale = max(abs(other[row]).max() for other in states.values())
            level = 1.6 * (len(names) - 1 - row)
            ax.axhline(level, color=style.GREY, lw=0.4)
            ax.plot(ppm, level + values[row] / scale, color=style.BLACK, lw=0.7)
            if ax is axes[0]:
                ax.annotate(name, (HIGH_PPM + 0.05, level), ha="right", va="center", annotation_clip=False)
        ax.set_title({OFF: "edit-off", ON: "edit-on", DIFF: "difference (on − off)"}[state])
        ax.set_ylim(-1.25, 1.6 * (len(names) - 1) + 1.25)
        style.ppm_axis(ax, HIGH_PPM, LOW_PPM)


def draw_sequence(ax, sequence: Sequence) -> None:
    """Radio-frequency pulses to scale in time, slice gradients per axis, and the echo, on one time axis in ms."""
    clock_ms, centres = 0.0, []
    for event in sequence.events:
        if isinstance(event, Delay):
            clock_ms += event.duration_s * 1e3
        elif isinstance(event, Excitation):
            ax.plot([clock_ms, clock_ms], [_ROWS["RF"], _ROWS["RF"] + 0.75], color=style.BLACK, lw=2)
            ax.annotate(f"{event.flip_deg:g}°", (clock_ms, _ROWS["RF"] + 0.8), ha="center", va="bottom")
            centres.append(clock_ms)
        else:
            waveform = sequence.waveforms[event.role]
            length_ms = waveform.duration_s * 1e3
            _draw_pulse(ax, event, waveform, clock_ms, length_ms)
            centres.append(clock_ms + length_ms / 2)
            clock_ms += length_ms
    time_ms = np.linspace(clock_ms, clock_ms + 14, 400)
    decay = np.exp(-(time_ms - clock_ms) / 5) * np.cos(1.6 * (time_ms - clock_ms))
    ax.plot(time_ms, _ROWS["RF"] + 0.7 * decay, color=style.BLUE)
    ax.annotate("readout", (clock_ms + 8, _ROWS["RF"] + 0.45), color=style.BLUE, ha="center")
    for name, height in _ROWS.items():
        ax.plot([-3, clock_ms + 14], [height, height], color=style.BLACK, lw=0.5)
        ax.annotate("RF" if name == "RF" else f"G$_{name}$", (-4, height), ha="right", va="center")
    for start, end in zip(centres, [*centres[1:], clock_ms]):
        ax.annotate("", (end, -0.75), (start, -0.75), arrowprops={"arrowstyle": "<->", "lw": 0.5, "shrinkA": 0, "shrinkB": 0})
        ax.annotate(f"{end - start:g}", ((start + end) / 2, -0.82), ha="center", va="top")
    ax.annotate("gap (ms)", (-4, -0.75), ha="right", va="center", color=style.GREY)
    ax.annotate(f"TE = {sequence.echo_time_s * 1e3:g} ms", (clock_ms + 14, -0.82), ha="right", va="top", color=style.GREY)
    ax.set(xlim=(-9, clock_ms + 15), ylim=(-1.35, 3.6))
    ax.axis("off")


def _draw_pulse(ax, event: Pulse, waveform, start_ms: float, length_ms: float) -> None:
    base, middle = _ROWS["RF"], start_ms + length_ms / 2
    color = style.VERMILION if event.edited else style.BLACK
    if isinstance(waveform, HardPulse):
        ax.plot([start_ms, start_ms], [base, base + 0.95], color=color, lw=2)
    else:
        time_ms = start_ms + (np.arange(waveform.steps) + 0.5) * length_ms / waveform.steps
        height = (0.55 if event.edited else 0.95) * waveform.amplitude * np.cos(waveform.phase_rad)
        ax.fill_between(time_ms, base, base + height, color=color, lw=0, alpha=0.85)
    ax.annotate("edit\n(on / off)" if event.edited else "180°", (middle, base + (0.62 if event.edited else 1.0)),
                ha="center", va="bottom", color=color, linespacing=0.9)  # fmt: skip
    if event.axis:
        row = _ROWS[event.axis]
        ax.fill(
            [start_ms, start_ms, start_ms + length_ms, start_ms + length_ms],
            [row, row + 0.5, row + 0.5, row],
            color=style.SKY,
            lw=0,
        )


def draw_comparisons(bases: dict[str, xr.Dataset], linewidth_hz: float):
    """A figure with one row per metabolite of the first basis and one column per edit state; every basis in its own line.

    Each basis is scaled by its own NAA (else its largest) edit-off peak, so that what differs is what a ratio to NAA would
    miss.
    """
    names = list(next(iter(bases.values()))[METABOLITE].values)
    fig, axes = style.figure(style.PAGE_CM, 2.7 * len(names) + 1.6, nrows=len(names), ncols=3, squeeze=False)
    looks = [(style.BLACK, "-"), (style.VERMILION, "--"), (style.SKY, "-."), (style.GREEN, ":")]
    for (label, basis), (colour, dash) in zip(bases.items(), looks * len(bases)):
        ppm, states = basis_spectra(basis, linewidth_hz)
        present = list(basis[METABOLITE].values)
        reference = abs(states[OFF][present.index("NAA")] if "NAA" in present else states[OFF]).max()
        for name in (name for name in names if name in present):
            for ax, values in zip(axes[names.index(name)], states.values()):
                ax.plot(ppm, values[present.index(name)] / reference, color=colour, ls=dash, lw=0.8, label=label)
    for row, name in zip(axes, names):
        low, high = min(ax.get_ylim()[0] for ax in row), max(ax.get_ylim()[1] for ax in row)
        for ax in row:
            ax.axhline(0, color=style.GREY, lw=0.3, zorder=0)
            ax.set_ylim(low, high)
            style.ppm_axis(ax, HIGH_PPM, LOW_PPM, label=ax in axes[-1])
            ax.tick_params(axis="x", labelbottom=ax in axes[-1])
        row[0].annotate(f"{name}\nheight {high - low:.2g}", (-0.02, 0.5), xycoords="axes fraction", ha="right", va="center")
    for ax, title in zip(axes[0], ("edit-off", "edit-on", "difference (on − off)")):
        ax.set_title(title)
    if "NAA" in names:
        _magnify(axes[names.index("NAA"), 1])
    fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=len(bases))
    return fig


def _magnify(ax, band_ppm=FEATURE_PPM, factor=6):
    """The lines of `ax` in a band, magnified, in the empty upper part of the same axes."""
    low, high = ax.get_ylim()
    inset = ax.inset_axes((0.04, 0.62, 0.62, 0.4))
    for line in ax.get_lines():
        if len(line.get_xdata()) > 2:
            inset.plot(line.get_xdata(), line.get_ydata(), color=line.get_color(), ls=line.get_linestyle(), lw=0.8)
    style.ppm_axis(inset, band_ppm[1] + 0.15, band_ppm[0] - 0.15, label=False)
    reach = (high - low) / factor / 2
    inset.set_ylim(-reach, reach)
    inset.annotate(f"× {factor}", (0.98, 0.98), xycoords="axes fraction", ha="right", va="top")
    inset.tick_params(labelsize=6)
