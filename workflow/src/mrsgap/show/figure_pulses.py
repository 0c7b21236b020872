"""Pictures of radio-frequency pulses: waveform and profile."""

import numpy as np

from mrsgap.core.errors import InputError
from mrsgap.show import style
from mrsgap.spin.profile import bandwidth_hz, peak_b1_microtesla, profile
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
