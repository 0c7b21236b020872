"""Waveform, profile, peak B1 and bandwidth of every shaped pulse that a basis uses."""

import pandas as pd

from mrsgap.basis.plan import read_pulse
from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.show import style
from mrsgap.show.figure_pulses import draw_profile, draw_waveform, pulse_row
from mrsgap.spin.waveform import Waveform

with job(snakemake.log[0]) as log:
    uses = {name: basis["larmor_mhz"] for basis in snakemake.params.bases.values() for name in basis["pulses"].values()}
    pulses = {name: read_pulse(name, snakemake.params.pulses) for name in uses}
    shaped = {name: pulse for name, pulse in pulses.items() if isinstance(pulse, Waveform)}
    fig, axes = style.figure(style.PAGE_CM * 0.75, 4.6 * len(shaped), nrows=len(shaped), ncols=2, squeeze=False)
    for row, (name, waveform) in zip(axes, shaped.items()):
        draw_waveform(row[0], waveform, name)
        draw_profile(row[1], waveform, uses[name])
    fig.legend(*axes[0, 1].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    style.save(fig, snakemake.output.pdf, snakemake.output.png)
    write_table(snakemake.output.table, pd.DataFrame([pulse_row(name, waveform) for name, waveform in shaped.items()]))
    log.info("drew %s", ", ".join(shaped))
