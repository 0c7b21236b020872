"""Figure 1: the sequence as it is simulated, and the basis spectra in each edit state."""

from mrsgap.basis.plan import make_plan
from mrsgap.core.job import job, log
from mrsgap.core.store import read_dataset
from mrsgap.show import style
from mrsgap.show.figure_basis_pulses import basis_figure


def main(store: str, pictures: list[str], *, basis: dict, sequences: dict, pulses: dict, linewidth_hz: float) -> None:
    """Draw the sequence of the config section `basis` and the spectra of its `store` into the files `pictures`."""
    plan = make_plan(basis, sequences, pulses)
    spectra = read_dataset(store, "fid")
    style.save(basis_figure(plan.sequence, spectra, linewidth_hz), *pictures)
    log.info("drew %d metabolites of %s", spectra.sizes["metabolite"], store)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        main(
            snakemake.input.store,
            snakemake.output,
            basis=snakemake.params.basis,
            sequences=snakemake.params.sequences,
            pulses=snakemake.params.pulses,
            linewidth_hz=snakemake.params.linewidth_hz,
        )
