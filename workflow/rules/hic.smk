rule hic_simulate:
    input:
        library=sources("hic_simulate"),
    output:
        cool="results/hic/simulated/map.cool",
        boundaries="results/hic/simulated/boundaries.bed",
        domains="results/hic/simulated/domains.bed",
        loops="results/hic/simulated/loops.bedpe",
        stripes="results/hic/simulated/stripes.bed",
        compartments="results/hic/simulated/compartments.bedgraph",
        bins="results/hic/simulated/bins.tsv",
    log:
        "results/logs/hic_simulate/log.txt",
    benchmark:
        "results/benchmarks/hic_simulate/run.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(30),
    params:
        chromosomes=lookup("hic/synthetic/chromosomes", within=config),
        model=lookup("hic/synthetic/model", within=config),
        seed=lookup("hic/synthetic/seed", within=config),
    message:
        "Simulate contact maps with known structures."
    script:
        "../../scripts/hic_simulate.py"


rule hic_prepare:
    input:
        sheet=lookup("hic/sheet", within=config),
        maps=hic_map_files,
        library=sources("hic_prepare"),
    output:
        inputs="results/hic/{dataset}/maps/{role}/seed-{seed}_inputs.npz",
        truths="results/hic/{dataset}/maps/{role}/seed-{seed}_truths.npz",
        table="results/hic/{dataset}/maps/{role}/seed-{seed}.tsv",
    log:
        "results/logs/hic_prepare/{dataset}_{role}_seed-{seed}.log",
    benchmark:
        "results/benchmarks/hic_prepare/{dataset}_{role}_seed-{seed}.tsv"
    wildcard_constraints:
        role="train",
    conda:
        "../../envs/hic.yaml"
    resources:
        mem_mb=grows(4000),
        runtime=grows(60),
    params:
        folder=lookup("hic/folder", within=config),
        max_distance_bp=lookup("hic/max_distance_bp", within=config),
        balancing=lookup("hic/balancing", within=config),
    message:
        "Thin and balance the {wildcards.role} maps of {wildcards.dataset}, seed {wildcards.seed}."
    script:
        "../../scripts/hic_prepare.py"


use rule hic_prepare as hic_prepare_test with:
    output:
        inputs="results/hic/{dataset}/maps/{role}/part-{part}/seed-{seed}_inputs.npz",
        truths="results/hic/{dataset}/maps/{role}/part-{part}/seed-{seed}_truths.npz",
        table="results/hic/{dataset}/maps/{role}/part-{part}/seed-{seed}.tsv",
        # Contacts of all distances, which the cleaned map takes over beyond its own.
        cool=temp("results/hic/{dataset}/maps/{role}/part-{part}/seed-{seed}.cool"),
    log:
        "results/logs/hic_prepare_test/{dataset}_{role}_part-{part}_seed-{seed}.log",
    benchmark:
        "results/benchmarks/hic_prepare_test/{dataset}_{role}_part-{part}_seed-{seed}.tsv"
    wildcard_constraints:
        role="test",
    message:
        "Thin and balance part {wildcards.part} of the {wildcards.role} maps of {wildcards.dataset},"
        " seed {wildcards.seed}."


rule hic_train:
    input:
        unpack(hic_held_back),
        inputs="results/hic/{dataset}/maps/train/seed-{seed}_inputs.npz",
        library=hic_variant_sources("hic_train"),
    output:
        model="results/hic/{dataset}/models/{variant}/seed-{seed}.safetensors",
        curve="results/hic/{dataset}/models/{variant}/seed-{seed}.csv",
    log:
        "results/logs/hic_train/{dataset}_{variant}_seed-{seed}.log",
    benchmark:
        "results/benchmarks/hic_train/{dataset}_{variant}_seed-{seed}.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        gpu=hic_gpus,
        mem_mb=grows(4000),
        runtime=grows(120),
    params:
        config=lookup("hic/variants/{variant}", within=config),
        checkpoints="results/hic/{dataset}/checkpoints/{variant}/seed-{seed}",
    message:
        "Fit {wildcards.variant} to the training maps of {wildcards.dataset}, seed {wildcards.seed}."
    script:
        "../../scripts/hic_train.py"


rule hic_enhance:
    input:
        model="results/hic/{dataset}/models/{variant}/seed-{seed}.safetensors",
        inputs="results/hic/{dataset}/maps/test/part-{part}/seed-{seed}_inputs.npz",
        library=hic_variant_sources("hic_enhance"),
    output:
        prediction="results/hic/{dataset}/predictions/{variant}/part-{part}/seed-{seed}.npz",
    log:
        "results/logs/hic_enhance/{dataset}_{variant}_part-{part}_seed-{seed}.log",
    benchmark:
        "results/benchmarks/hic_enhance/{dataset}_{variant}_part-{part}_seed-{seed}.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        gpu=hic_gpus,
        mem_mb=grows(2000),
        runtime=grows(60),
    message:
        "Clean part {wildcards.part} of the test maps of {wildcards.dataset} with"
        " {wildcards.variant}, seed {wildcards.seed}."
    script:
        "../../scripts/hic_enhance.py"


rule hic_write_cool:
    input:
        inputs="results/hic/{dataset}/maps/test/part-{part}/seed-{seed}_inputs.npz",
        prediction="results/hic/{dataset}/predictions/{variant}/part-{part}/seed-{seed}.npz",
        source="results/hic/{dataset}/maps/test/part-{part}/seed-{seed}.cool",
        library=sources("hic_write_cool"),
    output:
        cool=temp(
            "results/hic/{dataset}/cooler_parts/{variant}/part-{part}/seed-{seed}.cool"
        ),
    log:
        "results/logs/hic_write_cool/{dataset}_{variant}_part-{part}_seed-{seed}.log",
    benchmark:
        "results/benchmarks/hic_write_cool/{dataset}_{variant}_part-{part}_seed-{seed}.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(60),
    params:
        config=lookup("hic/variants/{variant}", within=config),
    message:
        "Write part {wildcards.part} of {wildcards.dataset} as cleaned by {wildcards.variant}, seed"
        " {wildcards.seed}."
    script:
        "../../scripts/hic_write_cool.py"


rule hic_join_cools:
    input:
        parts=hic_cooler_parts,
        library=sources("hic_join_cools"),
    output:
        cool="results/hic/{dataset}/coolers/{variant}/seed-{seed}.cool",
    log:
        "results/logs/hic_join_cools/{dataset}_{variant}_seed-{seed}.log",
    benchmark:
        "results/benchmarks/hic_join_cools/{dataset}_{variant}_seed-{seed}.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(60),
    message:
        "Join the chromosomes of {wildcards.dataset} as cleaned by {wildcards.variant}, seed"
        " {wildcards.seed}."
    script:
        "../../scripts/hic_join_cools.py"


rule hic_overfit:
    input:
        inputs=hic_overfit_map("inputs"),
        truths=hic_overfit_map("truths"),
        library=sources("hic_overfit"),
    output:
        scores="results/hic/{dataset}/overfit/{variant}/weight-{weight}/seed-{seed}.csv",
    log:
        "results/logs/hic_overfit/{dataset}_{variant}_weight-{weight}_seed-{seed}.log",
    benchmark:
        "results/benchmarks/hic_overfit/{dataset}_{variant}_weight-{weight}_seed-{seed}.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        gpu=1,
        mem_mb=grows(4000),
        runtime=grows(120),
    params:
        config=hic_overfit_config,
        scoring=lookup("hic/scores", within=config),
        region=lookup("hic/overfit/regions/{dataset}", within=config),
    message:
        "Learn a map of {wildcards.dataset} by heart: {wildcards.variant}, seed {wildcards.seed}."
    script:
        "../../scripts/hic_overfit.py"
