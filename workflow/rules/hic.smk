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
        mem_mb=2000,
        runtime=30,
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
        mem_mb=4000,
        runtime=60,
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
        inputs="results/hic/{dataset}/maps/{role}/seed-{seed}_inputs.npz",
        truths="results/hic/{dataset}/maps/{role}/seed-{seed}_truths.npz",
        table="results/hic/{dataset}/maps/{role}/seed-{seed}.tsv",
        # Contacts of all distances, which the cleaned map takes over beyond its own.
        cool=temp("results/hic/{dataset}/maps/{role}/seed-{seed}.cool"),
    log:
        "results/logs/hic_prepare_test/{dataset}_{role}_seed-{seed}.log",
    benchmark:
        "results/benchmarks/hic_prepare_test/{dataset}_{role}_seed-{seed}.tsv"
    wildcard_constraints:
        role="test",


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
        mem_mb=4000,
        runtime=120,
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
        inputs="results/hic/{dataset}/maps/test/seed-{seed}_inputs.npz",
        source="results/hic/{dataset}/maps/test/seed-{seed}.cool",
        library=hic_variant_sources("hic_enhance"),
    output:
        prediction="results/hic/{dataset}/predictions/{variant}/seed-{seed}.npz",
        cool="results/hic/{dataset}/coolers/{variant}/seed-{seed}.cool",
    log:
        "results/logs/hic_enhance/{dataset}_{variant}_seed-{seed}.log",
    benchmark:
        "results/benchmarks/hic_enhance/{dataset}_{variant}_seed-{seed}.tsv"
    conda:
        "../../envs/hic.yaml"
    resources:
        gpu=hic_gpus,
        mem_mb=2000,
        runtime=60,
    params:
        config=lookup("hic/variants/{variant}", within=config),
    message:
        "Clean the test maps of {wildcards.dataset} with {wildcards.variant}, seed {wildcards.seed}."
    script:
        "../../scripts/hic_enhance.py"


rule hic_overfit:
    input:
        inputs="results/hic/{dataset}/maps/test/seed-{seed}_inputs.npz",
        truths="results/hic/{dataset}/maps/test/seed-{seed}_truths.npz",
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
        mem_mb=4000,
        runtime=120,
    params:
        config=hic_overfit_config,
        scoring=lookup("hic/scores", within=config),
        region=lookup("hic/overfit/regions/{dataset}", within=config),
    message:
        "Learn a map of {wildcards.dataset} by heart: {wildcards.variant}, seed {wildcards.seed}."
    script:
        "../../scripts/hic_overfit.py"
