"""Tell what the run would cost: jobs, hours and disk, rule by rule."""

from pathlib import Path

from mrsgap.core.files import write_table
from mrsgap.core.job import job
from mrsgap.cost.estimate import estimate, matrix_product_gflop_s
from mrsgap.cost.jobs import RuleShape, read_jobs
from mrsgap.cost.measured import measure, read_costs
from mrsgap.cost.show import show_plan
from mrsgap.cost.summary import summarise_run

with job(snakemake.log[0]) as log:
    given, settings = snakemake.params, snakemake.config
    shapes = {rule: RuleShape(tuple(outputs), benchmark) for rule, (outputs, benchmark) in given.shapes.items()}
    jobs = read_jobs(summarise_run(given.snakefile, settings), shapes)
    costs = read_costs(snakemake.input.costs)
    seen = measure(jobs, settings, costs.expressions)
    here = matrix_product_gflop_s()  # of one core, which is what this job is granted
    table = estimate(jobs, costs, seen, settings, here)
    write_table(given.table, table)
    write_table(given.measured, seen)
    machines = f"{costs.machines}; a core here reaches {here:.0f} Gflop/s"
    show_plan(table, settings["scale"], machines, Path(given.table).parent)
    log.info("%d jobs, %d to do; rates of %s", table["jobs"].sum(), table["to_do"].sum(), machines)
