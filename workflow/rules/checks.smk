rule check_results:
    input:
        metrics="results/{module}/{dataset}/metrics.tsv",
        tests="tests/results/test_{module}.py",
        fixtures="tests/results/conftest.py",
        library=sources("check_results"),
    output:
        report="results/{module}/{dataset}/checks.txt",
    log:
        "results/logs/check_results/{module}_{dataset}.log",
    benchmark:
        "results/benchmarks/check_results/{module}_{dataset}.tsv"
    wildcard_constraints:
        module="expression|hic",
    conda:
        "../../envs/check.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    message:
        "Check what is claimed of {wildcards.dataset}."
    script:
        "../../scripts/check_results.py"
