"""Figure 1c: waveform, profile, peak B1 and bandwidth of every shaped pulse that a basis uses."""

import pandas as pd

from mrsgap.basis.plan import read_pulse
from mrsgap.core.files import write_table
from mrsgap.core.job import job, log
from mrsgap.show import style
from mrsgap.show.figure_basis_pulses import pulse_row, pulses_figure
from mrsgap.spin.waveform import Waveform


def main(table: str, pictures: list[str], *, bases: dict, pulses: dict) -> None:
    """Draw the shaped pulses that the config section `bases` names into `pictures`, their numbers into `table` (CSV)."""
    uses = {name: basis["larmor_mhz"] for basis in bases.values() for name in basis["pulses"].values()}
    waveforms = {name: read_pulse(name, pulses) for name in uses}
    shaped = {name: pulse for name, pulse in waveforms.items() if isinstance(pulse, Waveform)}
    style.save(pulses_figure(shaped, uses), *pictures)
    write_table(table, pd.DataFrame([pulse_row(name, waveform) for name, waveform in shaped.items()]))
    log.info("drew %s", ", ".join(shaped))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.output.table,
            [snakemake.output.pdf, snakemake.output.png],
            bases=snakemake.params.bases,
            pulses=snakemake.params.pulses,
        )
