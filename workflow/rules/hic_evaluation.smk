rule hic_evaluate:
    input:
        unpack(hic_known_structures),
        predictions=hic_parts_of(
            "results/hic/{dataset}/predictions/{variant}/{part}/seed-{seed}.npz"
        ),
        truths=hic_parts_of(
            "results/hic/{dataset}/maps/test/{part}/seed-{seed}_truths.npz"
        ),
        library=sources("hic_evaluate"),
    output:
        scores="results/hic/{dataset}/evaluation/{variant}/held_out/seed-{seed}.csv",
    log:
        "results/logs/hic_evaluate/{dataset}_{variant}_seed-{seed}.log",
    benchmark:
        "results/benchmarks/hic_evaluate/{dataset}_{variant}_seed-{seed}.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(30),
    params:
        config=lookup("hic/scores", within=config),
    message:
        "Score {wildcards.variant} on reads of {wildcards.dataset} that it has not seen."
    script:
        "../../scripts/hic_evaluate.py"


rule hic_metrics:
    input:
        scores=hic_scores,
        curves=hic_overfit_ends,
        library=sources("hic_metrics"),
    output:
        metrics="results/hic/{dataset}/metrics.tsv",
    log:
        "results/logs/hic_metrics/{dataset}.log",
    benchmark:
        "results/benchmarks/hic_metrics/{dataset}.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    message:
        "Collect the scores of {wildcards.dataset}."
    script:
        "../../scripts/hic_metrics.py"
