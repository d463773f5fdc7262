rule hic_spectrum:
    input:
        inputs=hic_test_map("inputs"),
        truths=hic_test_map("truths"),
        predictions=hic_predictions,
        library=sources("hic_spectrum"),
    output:
        spectrum="results/hic/{dataset}/spectrum.csv",
    log:
        "results/logs/hic_spectrum/{dataset}.log",
    benchmark:
        "results/benchmarks/hic_spectrum/{dataset}.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(15),
    params:
        variants=lookup("hic/figures/variants", within=config),
        balanced=lookup("hic/figures/view/balanced", within=config),
        seed=lookup("hic/figures/seed", within=config),
    message:
        "Transform the maps of {wildcards.dataset} to spatial frequencies."
    script:
        "../../scripts/hic_spectrum.py"


rule hic_plot_maps:
    input:
        inputs=hic_test_map("inputs"),
        truths=hic_test_map("truths"),
        predictions=hic_predictions,
        loops=hic_loops,
        style="config/matplotlibrc",
        library=sources("hic_plot_maps"),
    output:
        figure=report(
            "results/hic/{dataset}/figures/maps.svg",
            caption="../report/hic_plot_maps.rst",
            category="hic",
            labels={"figure": "maps", "dataset": "{dataset}"},
        ),
        table="results/hic/{dataset}/figures/maps.csv",
    log:
        "results/logs/hic_plot_maps/{dataset}.log",
    benchmark:
        "results/benchmarks/hic_plot_maps/{dataset}.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(15),
    params:
        variants=lookup("hic/figures/variants", within=config),
        region=hic_figure_region,
        view=lookup("hic/figures/view", within=config),
        scoring=lookup("hic/scores", within=config),
    message:
        "Draw maps of {wildcards.dataset} side by side."
    script:
        "../../scripts/hic_plot_maps.py"


rule hic_view_maps:
    input:
        table="results/hic/{dataset}/figures/maps.csv",
        template="workflow/report/hic_view_maps.html",
        library=sources("hic_view_maps"),
    output:
        page=report(
            "results/hic/{dataset}/views/maps.html",
            caption="../report/hic_view_maps.rst",
            category="hic",
            labels={"figure": "maps, interactive", "dataset": "{dataset}"},
        ),
    log:
        "results/logs/hic_view_maps/{dataset}.log",
    benchmark:
        "results/benchmarks/hic_view_maps/{dataset}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    params:
        region=hic_figure_region,
        variants=lookup("hic/figures/variants", within=config),
        limit_log2=lookup("hic/figures/view/limit_log2", within=config),
    message:
        "Write a page with maps of {wildcards.dataset} to be moved and zoomed."
    script:
        "../../scripts/hic_view_maps.py"


rule hic_plot_decay:
    input:
        inputs=hic_test_map("inputs"),
        truths=hic_test_map("truths"),
        predictions=hic_predictions,
        style="config/matplotlibrc",
        library=sources("hic_plot_decay"),
    output:
        figure=report(
            "results/hic/{dataset}/figures/decay.svg",
            caption="../report/hic_plot_decay.rst",
            category="hic",
            labels={"figure": "decay", "dataset": "{dataset}"},
        ),
        table="results/hic/{dataset}/figures/decay.csv",
    log:
        "results/logs/hic_plot_decay/{dataset}.log",
    benchmark:
        "results/benchmarks/hic_plot_decay/{dataset}.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    params:
        variants=lookup("hic/figures/variants", within=config),
    message:
        "Draw contacts of {wildcards.dataset} by distance."
    script:
        "../../scripts/hic_plot_decay.py"


rule hic_plot_spectrum:
    input:
        spectrum="results/hic/{dataset}/spectrum.csv",
        style="config/matplotlibrc",
        library=sources("hic_plot_spectrum"),
    output:
        figure=report(
            "results/hic/{dataset}/figures/spectrum.svg",
            caption="../report/hic_plot_spectrum.rst",
            category="hic",
            labels={"figure": "spectrum", "dataset": "{dataset}"},
        ),
        table="results/hic/{dataset}/figures/spectrum.csv",
    log:
        "results/logs/hic_plot_spectrum/{dataset}.log",
    benchmark:
        "results/benchmarks/hic_plot_spectrum/{dataset}.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    params:
        seed=lookup("hic/figures/seed", within=config),
    message:
        "Draw the spectra of {wildcards.dataset}."
    script:
        "../../scripts/hic_plot_spectrum.py"


rule hic_plot_scores:
    input:
        metrics="results/hic/{dataset}/metrics.tsv",
        style="config/matplotlibrc",
        library=sources("hic_plot_scores"),
    output:
        figure=report(
            "results/hic/{dataset}/figures/scores.svg",
            caption="../report/hic_plot_scores.rst",
            category="hic",
            labels={"figure": "scores", "dataset": "{dataset}"},
        ),
        table="results/hic/{dataset}/figures/scores.csv",
    log:
        "results/logs/hic_plot_scores/{dataset}.log",
    benchmark:
        "results/benchmarks/hic_plot_scores/{dataset}.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    params:
        split="held_out",
        metrics=hic_shown_scores,
    message:
        "Draw the scores of {wildcards.dataset}."
    script:
        "../../scripts/hic_plot_scores.py"


rule hic_plot_overfit:
    input:
        scores=hic_overfit_curves,
        style="config/matplotlibrc",
        library=sources("hic_plot_overfit"),
    output:
        figure=report(
            "results/hic/{dataset}/figures/overfit.svg",
            caption="../report/hic_plot_overfit.rst",
            category="hic",
            labels={"figure": "overfit", "dataset": "{dataset}"},
        ),
        table="results/hic/{dataset}/figures/overfit.csv",
    log:
        "results/logs/hic_plot_overfit/{dataset}.log",
    benchmark:
        "results/benchmarks/hic_plot_overfit/{dataset}.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    params:
        weights=hic_overfit_weights(),
        region=lookup("hic/overfit/regions/{dataset}", within=config),
    message:
        "Draw networks that learn a map of {wildcards.dataset} by heart."
    script:
        "../../scripts/hic_plot_overfit.py"


rule hic_plot_depth:
    input:
        metrics=hic_depth_metrics,
        style="config/matplotlibrc",
        library=sources("hic_plot_depth"),
    output:
        figure=report(
            "results/hic/depths/figures/depth.svg",
            caption="../report/hic_plot_depth.rst",
            category="hic",
            labels={"figure": "depth"},
        ),
        table="results/hic/depths/figures/depth.csv",
    log:
        "results/logs/hic_plot_depth/log.log",
    benchmark:
        "results/benchmarks/hic_plot_depth/log.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    params:
        split="held_out",
        depths=hic_depths,
        variants=lookup("hic/figures/depth_variants", within=config),
        metrics=hic_shown_scores,
    message:
        "Draw scores by depth."
    script:
        "../../scripts/hic_plot_depth.py"
