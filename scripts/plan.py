"""Tell what the run would cost: jobs, hours and disk, rule by rule."""

from pathlib import Path

from mrsgap.core.files import write_table
from mrsgap.core.job import job, log
from mrsgap.cost.plan import estimate, matrix_product_gflop_s, show_plan
from mrsgap.cost.rates import RuleShape, measure, read_costs, read_jobs, summarise_run


def main(costs: str, table: str, measured: str, *, snakefile: str, shapes: dict[str, tuple], config: dict) -> None:
    """Write the cost of every rule at the rates of `costs` to `table`, what finished jobs took to `measured`, and show it.

    `shapes` gives the patterns of outputs and the template of the benchmark file of every rule of `snakefile` (all CSV).
    """
    known = {rule: RuleShape(tuple(outputs), benchmark) for rule, (outputs, benchmark) in shapes.items()}
    jobs = read_jobs(summarise_run(snakefile, config), known)
    rates = read_costs(costs)
    finished = measure(jobs, config)
    here = matrix_product_gflop_s()  # of one core, which is what this job is granted
    estimated = estimate(jobs, rates, finished, config, here)
    write_table(table, estimated)
    write_table(measured, finished)
    machines = f"{rates.machines}; a core here reaches {here:.0f} Gflop/s"
    show_plan(estimated, config["scale"], machines, Path(table).parent)
    log.info("%d jobs, %d to do; rates of %s", estimated["jobs"].sum(), estimated["to_do"].sum(), machines)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        given = snakemake.params
        main(
            snakemake.input.costs,
            given.table,
            given.measured,
            snakefile=given.snakefile,
            shapes=given.shapes,
            config=snakemake.config,
        )
