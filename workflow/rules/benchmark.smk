rule benchmarks:
    input:
        "results/benchmarks/expression_inference/metrics.tsv",
        "results/benchmarks/expression_training/metrics.tsv",
        "results/benchmarks/hic_regulariser/metrics.tsv",
        "results/benchmarks/hic_cleaning/metrics.tsv",
        "results/benchmarks/hic_genome/metrics.tsv",
        "results/benchmarks/expression_genome/metrics.tsv",
        "results/benchmarks/segmentation_scan/metrics.tsv",


rule benchmark_expression_inference:
    input:
        annotation=expression_path(samples_file("annotation")),
        expression=expression_path(samples_file("expression")),
        atlas=benchmark_anatomy(),
        structure=expression_file("atlas/structure.nii.gz"),
        library=sources(
            "benchmark_expression_inference",
            "spectralmaps.expression.factorised",
            "spectralmaps.expression.published",
        ),
    output:
        metrics="results/benchmarks/expression_inference/metrics.tsv",
    log:
        "results/logs/benchmark_expression_inference/log.txt",
    benchmark:
        "results/benchmarks/benchmark_expression_inference/run.tsv"
    conda:
        "../../envs/torch.yaml"
    threads: 2
    resources:
        mem_mb=grows(6000),
        runtime=grows(60),
    params:
        study=lookup("expression/benchmarks/inference", within=config),
        variants=lookup("expression/variants", within=config),
        dataset=lookup("expression/dataset", within=config),
    message:
        "Time dense maps of the factorised and of the published network."
    script:
        "../../scripts/benchmark_expression_inference.py"


rule benchmark_expression_training:
    input:
        annotation=expression_path(samples_file("annotation")),
        expression=expression_path(samples_file("expression")),
        atlas=benchmark_anatomy(),
        structure=expression_file("atlas/structure.nii.gz"),
        library=sources(
            "benchmark_expression_training",
            "spectralmaps.expression.factorised",
            "spectralmaps.expression.published",
        ),
    output:
        metrics="results/benchmarks/expression_training/metrics.tsv",
    log:
        "results/logs/benchmark_expression_training/log.txt",
    benchmark:
        "results/benchmarks/benchmark_expression_training/run.tsv"
    conda:
        "../../envs/torch.yaml"
    resources:
        mem_mb=grows(6000),
        runtime=grows(120),
    params:
        study=lookup("expression/benchmarks/training", within=config),
        variants=lookup("expression/variants", within=config),
        dataset=lookup("expression/dataset", within=config),
    message:
        "Time training to the same held-out error."
    script:
        "../../scripts/benchmark_expression_training.py"


rule benchmark_hic_regulariser:
    input:
        library=sources("benchmark_hic_regulariser"),
    output:
        metrics="results/benchmarks/hic_regulariser/metrics.tsv",
    log:
        "results/logs/benchmark_hic_regulariser/log.txt",
    benchmark:
        "results/benchmarks/benchmark_hic_regulariser/run.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        mem_mb=grows(4000),
        runtime=grows(60),
    params:
        study=lookup("hic/benchmarks/regulariser", within=config),
    message:
        "Time what the spectral loss adds to a training step."
    script:
        "../../scripts/benchmark_hic_regulariser.py"


rule benchmark_hic_cleaning:
    input:
        library=sources("benchmark_hic_cleaning", "spectralmaps.hic.denoiser"),
    output:
        metrics="results/benchmarks/hic_{study}/metrics.tsv",
    log:
        "results/logs/benchmark_hic_cleaning/{study}.log",
    benchmark:
        "results/benchmarks/benchmark_hic_cleaning/{study}.tsv"
    wildcard_constraints:
        study="cleaning|genome",
    conda:
        "../../envs/hic.yaml"
    resources:
        mem_mb=grows(12000),
        runtime=grows(120),
    params:
        study=lookup("hic/benchmarks/{study}", within=config),
        variants=lookup("hic/variants", within=config),
        model=lookup("hic/synthetic/model", within=config),
        balancing=lookup("hic/balancing", within=config),
    message:
        "Time whole chromosomes from cooler to cleaned cooler."
    script:
        "../../scripts/benchmark_hic_cleaning.py"


rule benchmark_expression_genome:
    input:
        annotation=expression_path(samples_file("annotation")),
        expression=expression_path(samples_file("expression")),
        atlas=benchmark_anatomy(),
        structure=expression_file("atlas/structure.nii.gz"),
        library=sources(
            "benchmark_expression_genome", "spectralmaps.expression.factorised"
        ),
    output:
        metrics="results/benchmarks/expression_genome/metrics.tsv",
    log:
        "results/logs/benchmark_expression_genome/log.txt",
    benchmark:
        "results/benchmarks/benchmark_expression_genome/run.tsv"
    conda:
        "../../envs/torch.yaml"
    resources:
        mem_mb=grows(8000),
        runtime=grows(120),
    params:
        study=genome_study(),
    message:
        "Time the jobs of a run with all genes."
    script:
        "../../scripts/benchmark_expression_genome.py"


rule benchmark_segmentation_scan:
    input:
        library=sources(
            "benchmark_segmentation_scan",
            "spectralmaps.segmentation.scan_reference",
            "spectralmaps.segmentation.scan_chunked",
            "spectralmaps.segmentation.scan_twolevel",
            "spectralmaps.segmentation.scan_numba",
        ),
    output:
        metrics="results/benchmarks/segmentation_scan/metrics.tsv",
    log:
        "results/logs/benchmark_segmentation_scan/log.txt",
    benchmark:
        "results/benchmarks/benchmark_segmentation_scan/run.tsv"
    conda:
        "../../envs/torch.yaml"
    resources:
        mem_mb=grows(6000),
        runtime=grows(60),
    params:
        study=lookup("segmentation/benchmarks/scan", within=config),
    message:
        "Time the ways to compute the selective scan."
    script:
        "../../scripts/benchmark_segmentation_scan.py"
