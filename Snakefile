from snakemake.utils import min_version

min_version("9.27.1")


configfile: "config/config.yaml"


include: "workflow/rules/resources.smk"
include: "workflow/rules/common.smk"


check_config()


include: "workflow/rules/expression.smk"
include: "workflow/rules/expression_evaluation.smk"
include: "workflow/rules/expression_figures.smk"
include: "workflow/rules/hic_common.smk"
include: "workflow/rules/hic.smk"
include: "workflow/rules/hic_evaluation.smk"
include: "workflow/rules/hic_figures.smk"
include: "workflow/rules/checks.smk"
include: "workflow/rules/benchmark.smk"


report: "workflow/report/workflow.rst"


rule expression:
    input:
        figure_targets(),
        map_targets(),
        expression_file("metrics.tsv"),
        expression_file("checks.txt"),


rule hic:
    input:
        hic_figure_files,
        hic_metrics_files,
        hic_coolers(),


rule all:
    default_target: True
    input:
        rules.expression.input,
        rules.hic.input,


rule figures:
    input:
        figure_targets(),
        hic_figure_files,
