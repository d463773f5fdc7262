rule expression_evaluate:
    input:
        annotation=samples_file("annotation"),
        expression=samples_file("expression"),
        atlas=anatomy_files,
        structure="results/expression/{dataset}/atlas/structure.nii.gz",
        library=variant_sources("expression_evaluate"),
    output:
        scores="results/expression/{dataset}/evaluation/{variant}/{split}/seeds-{seeds}.csv",
        predictions="results/expression/{dataset}/evaluation/{variant}/{split}/seeds-{seeds}_predictions.npz",
    log:
        "results/logs/expression_evaluate/{dataset}_{variant}_{split}_seeds-{seeds}.log",
    benchmark:
        "results/benchmarks/expression_evaluate/{dataset}_{variant}_{split}_seeds-{seeds}.tsv"
    wildcard_constraints:
        split="|".join(config["expression"]["evaluation"]["splits"]),
    conda:
        "../../envs/torch.yaml"
    resources:
        gpu=gpus,
        mem_mb=grows(4000),
        runtime=grows(720),
    params:
        config=lookup("expression/variants/{variant}", within=config),
        evaluation=lookup("expression/evaluation/splits/{split}", within=config),
        split=lookup("expression/evaluation/splits/{split}/folds", within=config),
    message:
        "Score {wildcards.variant} on held-out samples: {wildcards.split}, seeds {wildcards.seeds}."
    script:
        "../../scripts/expression_evaluate.py"


rule expression_truth:
    input:
        annotation=samples_file("annotation"),
        expression=samples_file("expression"),
        factors="results/expression/{dataset}/phantom/truth_factors.nii.gz",
        loadings="results/expression/{dataset}/phantom/truth_loadings.csv",
        atlas=anatomy_files,
        structure="results/expression/{dataset}/atlas/structure.nii.gz",
        library=variant_sources("expression_truth"),
    output:
        scores="results/expression/{dataset}/evaluation/{variant}/truth/seeds-{seeds}.csv",
    log:
        "results/logs/expression_truth/{dataset}_{variant}_seeds-{seeds}.log",
    benchmark:
        "results/benchmarks/expression_truth/{dataset}_{variant}_seeds-{seeds}.tsv"
    conda:
        "../../envs/torch.yaml"
    resources:
        gpu=gpus,
        mem_mb=grows(4000),
        runtime=grows(180),
    params:
        config=lookup("expression/variants/{variant}", within=config),
        evaluation=lookup("expression/evaluation/truth", within=config),
    message:
        "Compare {wildcards.variant} with the phantom's truth, seeds {wildcards.seeds}."
    script:
        "../../scripts/expression_truth.py"


rule expression_metrics:
    input:
        scores=score_files(),
        library=sources("expression_metrics"),
    output:
        metrics="results/expression/{dataset}/metrics.tsv",
    log:
        "results/logs/expression_metrics/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_metrics/{dataset}.tsv"
    conda:
        "../../envs/brain.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    params:
        ours=lookup("expression/figures/ours", within=config),
    message:
        "Collect the scores of {wildcards.dataset}."
    script:
        "../../scripts/expression_metrics.py"


rule expression_new_genes:
    input:
        annotation=samples_file("annotation"),
        expression=samples_file("expression"),
        atlas=anatomy_files,
        structure="results/expression/{dataset}/atlas/structure.nii.gz",
        library=new_genes_sources(),
    output:
        new_genes="results/expression/{dataset}/new_genes.csv",
    log:
        "results/logs/expression_new_genes/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_new_genes/{dataset}.tsv"
    conda:
        "../../envs/torch.yaml"
    resources:
        mem_mb=grows(4000),
        runtime=grows(120),
    params:
        study=lookup("expression/new_genes", within=config),
        variants=variants_of_new_genes(),
    message:
        "Predict genes of {wildcards.dataset} that were not trained."
    script:
        "../../scripts/expression_new_genes.py"


rule expression_sweep:
    input:
        annotation=samples_file("annotation"),
        expression=samples_file("expression"),
        atlas=anatomy_files,
        structure="results/expression/{dataset}/atlas/structure.nii.gz",
        library=sweep_sources,
    output:
        sweep="results/expression/{dataset}/sweeps/{sweep}.csv",
    log:
        "results/logs/expression_sweep/{dataset}_{sweep}.log",
    benchmark:
        "results/benchmarks/expression_sweep/{dataset}_{sweep}.tsv"
    wildcard_constraints:
        sweep="|".join(config["expression"]["sweeps"]),
    conda:
        "../../envs/torch.yaml"
    resources:
        gpu=1,
        mem_mb=grows(4000),
        runtime=grows(240),
    params:
        sweep=lookup("expression/sweeps/{sweep}", within=config),
        variants=variants_of_sweep,
    message:
        "Vary the settings of a variant: {wildcards.sweep}."
    script:
        "../../scripts/expression_sweep.py"


rule expression_spectrum:
    input:
        maps=spectrum_maps(),
        library=sources("expression_spectrum"),
    output:
        spectrum="results/expression/{dataset}/spectrum.csv",
    log:
        "results/logs/expression_spectrum/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_spectrum/{dataset}.tsv"
    conda:
        "../../envs/torch.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(30),
    params:
        variants=lookup("expression/figures/variants", within=config),
        genes=lookup("expression/figures/genes", within=config),
        atlas=lookup("expression/figures/mask", within=config),
        spectrum=lookup("expression/figures/spectrum", within=config),
    message:
        "Transform the maps of {wildcards.dataset} to spatial frequencies."
    script:
        "../../scripts/expression_spectrum.py"
