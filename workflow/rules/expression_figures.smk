rule expression_plot_brains:
    input:
        maps=figure_maps(),
        averages=figure_maps("averages"),
        background="results/expression/{dataset}/atlas/t1.nii.gz",
        style="config/matplotlibrc",
        library=sources("expression_plot_brains"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/brains.svg",
            caption="../report/expression_plot_brains.rst",
            category="expression",
            labels={"figure": "brains", "dataset": "{dataset}"},
        ),
        table="results/expression/{dataset}/figures/brains.csv",
    log:
        "results/logs/expression_plot_brains/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_plot_brains/{dataset}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(30),
    params:
        genes=lookup("expression/figures/genes", within=config),
        positions_mm=lookup("expression/figures/positions_mm", within=config),
        donor=lookup("expression/figures/donor", within=config),
    message:
        "Draw maps of chosen genes on slices and on the glass brain."
    script:
        "../../scripts/expression_plot_brains.py"


rule expression_view_gene:
    input:
        maps=our_maps(),
        background="results/expression/{dataset}/atlas/t1.nii.gz",
        library=sources("expression_view_gene"),
    output:
        page=report(
            "results/expression/{dataset}/views/{gene}.html",
            caption="../report/expression_view_gene.rst",
            category="expression",
            labels={
                "figure": "brain, interactive",
                "dataset": "{dataset}",
                "gene": "{gene}",
            },
        ),
    log:
        "results/logs/expression_view_gene/{dataset}_{gene}.log",
    benchmark:
        "results/benchmarks/expression_view_gene/{dataset}_{gene}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(15),
    params:
        variant=lookup("expression/figures/ours", within=config),
        donor=lookup("expression/figures/donor", within=config),
    message:
        "Write a page with the map of {wildcards.gene} to be cut at any place."
    script:
        "../../scripts/expression_view_gene.py"


rule expression_plot_regions:
    input:
        regions=region_table,
        abagen=abagen_table,
        style="config/matplotlibrc",
        library=sources("expression_plot_regions"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/regions_{variant}_{donor}.svg",
            caption="../report/expression_plot_regions.rst",
            category="expression",
            labels={
                "figure": "regions",
                "dataset": "{dataset}",
                "variant": "{variant}",
                "donor": "{donor}",
            },
        ),
        table="results/expression/{dataset}/figures/regions_{variant}_{donor}.csv",
    log:
        "results/logs/expression_plot_regions/{dataset}_{variant}_{donor}.log",
    benchmark:
        "results/benchmarks/expression_plot_regions/{dataset}_{variant}_{donor}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    params:
        genes=lookup("expression/figures/genes", within=config),
    message:
        "Compare region means of {wildcards.variant} with abagen, donor {wildcards.donor}."
    script:
        "../../scripts/expression_plot_regions.py"


rule expression_plot_similarity:
    input:
        annotation=samples_file("annotation"),
        expression=samples_file("expression"),
        maps=similarity_maps,
        se="results/expression/{dataset}/order/se_{donor}.csv",
        pc1="results/expression/{dataset}/order/pc1_{donor}.csv",
        style="config/matplotlibrc",
        library=sources("expression_plot_similarity"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/similarity_{donor}.svg",
            caption="../report/expression_plot_similarity.rst",
            category="expression",
            labels={
                "figure": "similarity",
                "dataset": "{dataset}",
                "donor": "{donor}",
            },
        ),
        table="results/expression/{dataset}/figures/similarity_{donor}.csv",
    log:
        "results/logs/expression_plot_similarity/{dataset}_{donor}.log",
    benchmark:
        "results/benchmarks/expression_plot_similarity/{dataset}_{donor}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(15),
    params:
        axial_mm=lookup("expression/figures/tour_axial_mm", within=config),
        variant=lookup("expression/figures/ours", within=config),
    message:
        "Compare genes by values and by brain images, donor {wildcards.donor}."
    script:
        "../../scripts/expression_plot_similarity.py"


rule expression_plot_order:
    input:
        orders=order_tables(),
        style="config/matplotlibrc",
        library=sources("expression_plot_order"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/order.svg",
            caption="../report/expression_plot_order.rst",
            category="expression",
            labels={"figure": "order", "dataset": "{dataset}"},
        ),
        table="results/expression/{dataset}/figures/order.csv",
    log:
        "results/logs/expression_plot_order/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_plot_order/{dataset}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    message:
        "Draw the gene orders."
    script:
        "../../scripts/expression_plot_order.py"


rule expression_plot_decomposition:
    input:
        annotation=samples_file("annotation"),
        expression=samples_file("expression"),
        order="results/expression/{dataset}/order/se_{donor}.csv",
        style="config/matplotlibrc",
        library=sources("expression_plot_decomposition"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/decomposition_{donor}.svg",
            caption="../report/expression_plot_decomposition.rst",
            category="expression",
            labels={
                "figure": "decomposition",
                "dataset": "{dataset}",
                "donor": "{donor}",
            },
        ),
        table="results/expression/{dataset}/figures/decomposition_{donor}.csv",
    log:
        "results/logs/expression_plot_decomposition/{dataset}_{donor}.log",
    benchmark:
        "results/benchmarks/expression_plot_decomposition/{dataset}_{donor}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(15),
    params:
        config=lookup("expression/order/figure", within=config),
    message:
        "Draw the spectral embedding of genes, donor {wildcards.donor}."
    script:
        "../../scripts/expression_plot_decomposition.py"


rule expression_plot_encoding:
    input:
        order=first_order(),
        style="config/matplotlibrc",
        library=sources("expression_plot_encoding"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/encoding.svg",
            caption="../report/expression_plot_encoding.rst",
            category="expression",
            labels={"figure": "encoding", "dataset": "{dataset}"},
        ),
        table="results/expression/{dataset}/figures/encoding.csv",
    log:
        "results/logs/expression_plot_encoding/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_plot_encoding/{dataset}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    params:
        numbers_of_frequencies=lookup(
            "expression/figures/numbers_of_frequencies", within=config
        ),
    message:
        "Draw the positional encoding of the gene order."
    script:
        "../../scripts/expression_plot_encoding.py"


rule expression_plot_sweep:
    input:
        sweep="results/expression/{dataset}/sweeps/{sweep}.csv",
        style="config/matplotlibrc",
        library=sources("expression_plot_sweep"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/sweep_{sweep}.svg",
            caption="../report/expression_plot_sweep.rst",
            category="expression",
            labels={"figure": "sweep", "dataset": "{dataset}", "sweep": "{sweep}"},
        ),
        table="results/expression/{dataset}/figures/sweep_{sweep}.csv",
    log:
        "results/logs/expression_plot_sweep/{dataset}_{sweep}.log",
    benchmark:
        "results/benchmarks/expression_plot_sweep/{dataset}_{sweep}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    params:
        sweep=lookup("expression/sweeps/{sweep}", within=config),
        variants=variants_of_sweep,
    message:
        "Draw the comparison of settings: {wildcards.sweep}."
    script:
        "../../scripts/expression_plot_sweep.py"


rule expression_plot_joint_or_gene:
    input:
        scores=score_files(variants=joint_and_gene()),
        joint=region_table_of("joint"),
        gene=region_table_of("gene"),
        abagen=first_abagen_table(),
        style="config/matplotlibrc",
        library=sources("expression_plot_joint_or_gene"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/joint_or_gene.svg",
            caption="../report/expression_plot_joint_or_gene.rst",
            category="expression",
            labels={"figure": "joint or gene", "dataset": "{dataset}"},
        ),
        table="results/expression/{dataset}/figures/joint_or_gene.csv",
    log:
        "results/logs/expression_plot_joint_or_gene/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_plot_joint_or_gene/{dataset}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    params:
        joint=lookup("expression/figures/joint", within=config),
        gene=lookup("expression/figures/gene", within=config),
    message:
        "Compare one network for all genes with one network a gene."
    script:
        "../../scripts/expression_plot_joint_or_gene.py"


rule expression_plot_donors:
    input:
        annotation=samples_file("annotation"),
        expression=samples_file("expression"),
        order=first_order(),
        style="config/matplotlibrc",
        library=sources("expression_plot_donors"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/donors.svg",
            caption="../report/expression_plot_donors.rst",
            category="expression",
            labels={"figure": "donors", "dataset": "{dataset}"},
        ),
        table="results/expression/{dataset}/figures/donors.csv",
    log:
        "results/logs/expression_plot_donors/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_plot_donors/{dataset}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    params:
        donors=lookup("expression/figures/donor_pair", within=config),
    message:
        "Compare two donors."
    script:
        "../../scripts/expression_plot_donors.py"


rule expression_plot_accuracy:
    input:
        scores=score_files(splits=held_out()),
        style="config/matplotlibrc",
        library=sources("expression_plot_accuracy"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/accuracy.svg",
            caption="../report/expression_plot_accuracy.rst",
            category="expression",
            labels={"figure": "accuracy", "dataset": "{dataset}"},
        ),
        table="results/expression/{dataset}/figures/accuracy.csv",
    log:
        "results/logs/expression_plot_accuracy/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_plot_accuracy/{dataset}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    params:
        metric=lookup("expression/figures/metric", within=config),
    message:
        "Draw the held-out accuracy of every variant."
    script:
        "../../scripts/expression_plot_accuracy.py"


rule expression_plot_calibration:
    input:
        scores=score_files(splits=held_out()),
        style="config/matplotlibrc",
        library=sources("expression_plot_calibration"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/calibration.svg",
            caption="../report/expression_plot_calibration.rst",
            category="expression",
            labels={"figure": "calibration", "dataset": "{dataset}"},
        ),
        table="results/expression/{dataset}/figures/calibration.csv",
    log:
        "results/logs/expression_plot_calibration/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_plot_calibration/{dataset}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    message:
        "Draw the coverage of the predictive intervals."
    script:
        "../../scripts/expression_plot_calibration.py"


rule expression_plot_uncertainty:
    input:
        maps=our_maps(),
        annotation=samples_file("annotation"),
        background="results/expression/{dataset}/atlas/t1.nii.gz",
        style="config/matplotlibrc",
        library=sources("expression_plot_uncertainty"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/uncertainty.svg",
            caption="../report/expression_plot_uncertainty.rst",
            category="expression",
            labels={"figure": "uncertainty", "dataset": "{dataset}"},
        ),
        table="results/expression/{dataset}/figures/uncertainty.csv",
    log:
        "results/logs/expression_plot_uncertainty/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_plot_uncertainty/{dataset}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(15),
    params:
        gene=config["expression"]["figures"]["genes"][0],
        positions_mm=lookup("expression/figures/axial_mm", within=config),
        variant=lookup("expression/figures/ours", within=config),
    message:
        "Draw a map and its standard deviation."
    script:
        "../../scripts/expression_plot_uncertainty.py"


rule expression_plot_tour:
    input:
        maps=our_maps(),
        order=first_order(),
        style="config/matplotlibrc",
        library=sources("expression_plot_tour"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/tour.svg",
            caption="../report/expression_plot_tour.rst",
            category="expression",
            labels={"figure": "tour", "dataset": "{dataset}"},
        ),
        table="results/expression/{dataset}/figures/tour.csv",
        animation=report(
            "results/expression/{dataset}/figures/tour_animated.png",
            caption="../report/expression_plot_tour.rst",
            category="expression",
            labels={"figure": "tour, animated", "dataset": "{dataset}"},
        ),
    log:
        "results/logs/expression_plot_tour/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_plot_tour/{dataset}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(30),
    params:
        axial_mm=lookup("expression/figures/tour_axial_mm", within=config),
        frame_ms=lookup("expression/figures/frame_ms", within=config),
    message:
        "Step through the maps along the spectral order of genes."
    script:
        "../../scripts/expression_plot_tour.py"


rule expression_plot_spectrum:
    input:
        spectrum="results/expression/{dataset}/spectrum.csv",
        style="config/matplotlibrc",
        library=sources("expression_plot_spectrum"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/spectrum.svg",
            caption="../report/expression_plot_spectrum.rst",
            category="expression",
            labels={"figure": "spectrum", "dataset": "{dataset}"},
        ),
        table="results/expression/{dataset}/figures/spectrum.csv",
    log:
        "results/logs/expression_plot_spectrum/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_plot_spectrum/{dataset}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    params:
        genes=lookup("expression/figures/genes", within=config),
    message:
        "Draw the spatial frequencies of maps."
    script:
        "../../scripts/expression_plot_spectrum.py"


rule expression_plot_new_genes:
    input:
        new_genes="results/expression/{dataset}/new_genes.csv",
        style="config/matplotlibrc",
        library=sources("expression_plot_new_genes"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/new_genes.svg",
            caption="../report/expression_plot_new_genes.rst",
            category="expression",
            labels={"figure": "new genes", "dataset": "{dataset}"},
        ),
        table="results/expression/{dataset}/figures/new_genes.csv",
    log:
        "results/logs/expression_plot_new_genes/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_plot_new_genes/{dataset}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    params:
        metric=lookup("expression/figures/metric", within=config),
    message:
        "Draw the prediction of genes that were not trained."
    script:
        "../../scripts/expression_plot_new_genes.py"


rule expression_plot_truth:
    input:
        maps=figure_maps(),
        factors="results/expression/{dataset}/phantom/truth_factors.nii.gz",
        loadings="results/expression/{dataset}/phantom/truth_loadings.csv",
        metrics="results/expression/{dataset}/metrics.tsv",
        style="config/matplotlibrc",
        library=sources("expression_plot_truth"),
    output:
        figure=report(
            "results/expression/{dataset}/figures/truth.svg",
            caption="../report/expression_plot_truth.rst",
            category="expression",
            labels={"figure": "truth", "dataset": "{dataset}"},
        ),
        table="results/expression/{dataset}/figures/truth.csv",
    log:
        "results/logs/expression_plot_truth/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_plot_truth/{dataset}.tsv"
    conda:
        "../../envs/plot.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(15),
    params:
        metric="truth_r2",
    message:
        "Compare maps with the phantom's truth."
    script:
        "../../scripts/expression_plot_truth.py"
