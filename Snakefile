# The table of contents: settings, rules, targets.


from snakemake.utils import min_version

min_version("9.27")


configfile: "config/config.yaml"
configfile: "config/metabolites.yaml"
configfile: "config/sequence.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/paths.smk"
include: "workflow/rules/step.smk"
include: "workflow/rules/basis.smk"
include: "workflow/rules/spectra.smk"
include: "workflow/rules/measured.smk"
include: "workflow/rules/select.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/shipped.smk"
include: "workflow/rules/networks.smk"
include: "workflow/rules/lcm.smk"
include: "workflow/rules/statistics.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/quantify.smk"
include: "workflow/rules/plan.smk"


localrules:
    all,


rule all:
    default_target: True
    input:
        TARGETS,


onsuccess:
    summarise_run()
