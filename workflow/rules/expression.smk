scattergather:
    genes=config["expression"]["maps"]["n_gene_parts"],


rule expression_abagen_files:
    input:
        script=script_path("expression_abagen_files"),
    output:
        reference="results/expression/abagen/desikan_killiany.nii.gz",
        table="results/expression/abagen/desikan_killiany.csv",
        wells="results/expression/abagen/corrected_mni_coordinates.csv",
        probes="results/expression/abagen/reannotated.csv",
        donors="results/expression/abagen/donor_info.csv",
    log:
        "results/logs/expression_abagen_files/log.txt",
    benchmark:
        "results/benchmarks/expression_abagen_files/run.tsv"
    conda:
        "../../envs/abagen.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(30),
    params:
        python=abagen_python(),
        folder=subpath(output.reference, parent=True),
    message:
        "Export the atlas, the sites and the probes that abagen ships."
    shell:
        ABAGEN_CHECK
        + "{params.python} {input.script} --output-dir {params.folder} > {log} 2>&1"


rule expression_templates:
    input:
        reference="results/expression/abagen/desikan_killiany.nii.gz",
        table="results/expression/abagen/desikan_killiany.csv",
        library=sources("expression_templates"),
    output:
        grey="results/expression/{dataset}/atlas/grey.nii.gz",
        grey_mask="results/expression/{dataset}/atlas/grey_mask.nii.gz",
        grey_mask_int="results/expression/{dataset}/atlas/grey_mask_int.nii.gz",
        white="results/expression/{dataset}/atlas/white.nii.gz",
        white_mask="results/expression/{dataset}/atlas/white_mask.nii.gz",
        white_mask_int="results/expression/{dataset}/atlas/white_mask_int.nii.gz",
        structure="results/expression/{dataset}/atlas/structure.nii.gz",
        t1="results/expression/{dataset}/atlas/t1.nii.gz",
        anatomy="results/expression/{dataset}/atlas/anatomy.json",
    log:
        "results/logs/expression_templates/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_templates/{dataset}.tsv"
    conda:
        "../../envs/brain.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(30),
    params:
        templates=lookup("expression/templates/files", within=config),
        resolution_mm=lookup("expression/templates/resolution_mm", within=config),
        anatomy=lookup("expression/anatomy", within=config),
    message:
        "Prepare tissue maps and structure classes of {wildcards.dataset}."
    script:
        "../../scripts/expression_templates.py"


rule expression_atlas:
    input:
        unpack(atlas_files),
        template="results/expression/{dataset}/atlas/grey.nii.gz",
        library=sources("expression_atlas"),
    output:
        labels="results/expression/{dataset}/atlas/{atlas}.nii.gz",
        grid="results/expression/{dataset}/grid/{atlas}.nii.gz",
        table="results/expression/{dataset}/atlas/{atlas}.csv",
    log:
        "results/logs/expression_atlas/{dataset}_{atlas}.log",
    benchmark:
        "results/benchmarks/expression_atlas/{dataset}_{atlas}.tsv"
    wildcard_constraints:
        atlas="|".join(config["expression"]["atlases"]),
    conda:
        "../../envs/brain.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(15),
    message:
        "Check the atlas {wildcards.atlas}."
    script:
        "../../scripts/expression_atlas.py"


rule expression_phantom:
    input:
        genes=lookup("expression/genes", within=config),
        wells="results/expression/abagen/corrected_mni_coordinates.csv",
        probes="results/expression/abagen/reannotated.csv",
        parcels="results/expression/{dataset}/atlas/desikan_killiany.csv",
        atlas=anatomy_files,
        structure="results/expression/{dataset}/atlas/structure.nii.gz",
        library=sources("expression_phantom"),
    output:
        ahba=directory("results/expression/{dataset}/phantom/ahba"),
        factors="results/expression/{dataset}/phantom/truth_factors.nii.gz",
        loadings="results/expression/{dataset}/phantom/truth_loadings.csv",
    log:
        "results/logs/expression_phantom/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_phantom/{dataset}.tsv"
    conda:
        "../../envs/brain.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(30),
    params:
        donors=lookup("expression/donors", within=config),
        resolution_mm=lookup("expression/templates/resolution_mm", within=config),
        phantom=lookup("expression/phantom/model", within=config),
        seed=lookup("expression/phantom/seed", within=config),
    message:
        "Simulate the donors of {wildcards.dataset} at the real sites."
    script:
        "../../scripts/expression_phantom.py"


rule expression_table:
    input:
        files=table_files(),
        atlas=anatomy_files,
        structure="results/expression/{dataset}/atlas/structure.nii.gz",
        library=sources("expression_table"),
    output:
        annotation="results/expression/{dataset}/table/samples/annotation.csv",
        expression="results/expression/{dataset}/table/samples/expression.csv",
        ahba=directory("results/expression/{dataset}/table/ahba"),
    log:
        "results/logs/expression_table/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_table/{dataset}.tsv"
    conda:
        "../../envs/brain.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(15),
    params:
        table=lookup("expression/table", within=config),
        genes=lookup("expression/genes", within=config),
        donors=lookup("expression/donors", within=config),
    message:
        "Read the samples of {wildcards.dataset}."
    script:
        "../../scripts/expression_table.py"


rule expression_abagen_samples:
    input:
        ahba=ahba_input,
        genes=gene_files(),
        script=script_path("expression_abagen"),
    output:
        annotation="results/expression/{dataset}/abagen/samples/annotation.csv",
        expression="results/expression/{dataset}/abagen/samples/expression.csv",
        dropped="results/expression/{dataset}/abagen/samples/dropped_genes.csv",
    log:
        "results/logs/expression_abagen_samples/{dataset}.log",
    benchmark:
        "results/benchmarks/expression_abagen_samples/{dataset}.tsv"
    conda:
        "../../envs/abagen.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(60),
    params:
        python=abagen_python(),
        ahba=ahba_folder,
        donors=lookup("expression/donors", within=config),
        options=abagen_options(),
        folder=subpath(output.annotation, parent=True),
    message:
        "Normalise the samples of {wildcards.dataset} with abagen."
    shell:
        ABAGEN_CHECK
        + "{params.python} {input.script} --ahba-dir {params.ahba:q} --genes {input.genes}"
        " --options {params.options:q} --donors {params.donors}"
        " --samples-dir {params.folder} > {log} 2>&1"


rule expression_abagen_regions:
    input:
        ahba=ahba_input,
        genes=gene_files(),
        labels="results/expression/{dataset}/atlas/{atlas}.nii.gz",
        table="results/expression/{dataset}/atlas/{atlas}.csv",
        script=script_path("expression_abagen"),
    output:
        tables=expand(
            "results/expression/{{dataset}}/regions/{{atlas}}/{donor}_abagen{filled}.csv",
            donor=region_donors(),
            filled=["", "_interpolated"],
        ),
        methods="results/expression/{dataset}/regions/{atlas}/methods.txt",
        dropped="results/expression/{dataset}/regions/{atlas}/dropped_genes.csv",
    log:
        "results/logs/expression_abagen_regions/{dataset}_{atlas}.log",
    benchmark:
        "results/benchmarks/expression_abagen_regions/{dataset}_{atlas}.tsv"
    conda:
        "../../envs/abagen.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(60),
    params:
        python=abagen_python(),
        ahba=ahba_folder,
        donors=lookup("expression/donors", within=config),
        options=abagen_options(),
        folder=subpath(output.methods, parent=True),
    message:
        "Average the samples of {wildcards.dataset} over {wildcards.atlas} with abagen."
    shell:
        ABAGEN_CHECK
        + "{params.python} {input.script} --ahba-dir {params.ahba:q} --genes {input.genes}"
        " --options {params.options:q} --donors {params.donors}"
        " --atlas {input.labels} --atlas-table {input.table}"
        " --regions-dir {params.folder} > {log} 2>&1"


rule expression_annotate:
    input:
        annotation=samples_file("annotation"),
        atlas=anatomy_files,
        structure="results/expression/{dataset}/atlas/structure.nii.gz",
        library=sources("expression_annotate"),
    output:
        annotation="results/expression/{dataset}/annotation/annotation_{donor}_4d.csv",
    log:
        "results/logs/expression_annotate/{dataset}_{donor}.log",
    benchmark:
        "results/benchmarks/expression_annotate/{dataset}_{donor}.tsv"
    conda:
        "../../envs/brain.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(15),
    message:
        "Classify the tissue of the samples of donor {wildcards.donor}."
    script:
        "../../scripts/expression_annotate.py"


rule expression_order:
    input:
        annotation=samples_file("annotation"),
        expression=samples_file("expression"),
        library=sources("expression_order"),
    output:
        pc1="results/expression/{dataset}/order/pc1_{donor}.csv",
        se="results/expression/{dataset}/order/se_{donor}.csv",
    log:
        "results/logs/expression_order/{dataset}_{donor}.log",
    benchmark:
        "results/benchmarks/expression_order/{dataset}_{donor}.tsv"
    wildcard_constraints:
        donor="[0-9A-Za-z.-]+",
    conda:
        "../../envs/brain.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(15),
    params:
        order=lookup("expression/order/embedding", within=config),
        seed=lookup("expression/order/seed", within=config),
    message:
        "Order the genes of donor {wildcards.donor}."
    script:
        "../../scripts/expression_order.py"


rule expression_merge:
    input:
        annotation="results/expression/{dataset}/annotation/annotation_{donor}_4d.csv",
        expression=samples_file("expression"),
        order="results/expression/{dataset}/order/{order}_{donor}.csv",
        library=sources("expression_merge"),
    output:
        merged="results/expression/{dataset}/order/{order}_{donor}_merged.csv",
    log:
        "results/logs/expression_merge/{dataset}_{order}_{donor}.log",
    benchmark:
        "results/benchmarks/expression_merge/{dataset}_{order}_{donor}.tsv"
    wildcard_constraints:
        order="se|pc1",
    conda:
        "../../envs/brain.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(15),
    message:
        "Merge samples, tissue and {wildcards.order} order of donor {wildcards.donor}."
    script:
        "../../scripts/expression_merge.py"


rule expression_train:
    input:
        annotation=samples_file("annotation"),
        expression=samples_file("expression"),
        atlas=anatomy_files,
        structure="results/expression/{dataset}/atlas/structure.nii.gz",
        library=variant_sources("expression_train"),
    output:
        model="results/expression/{dataset}/models/{variant}/{donor}/seed-{seed}.safetensors",
    log:
        "results/logs/expression_train/{dataset}_{variant}_{donor}_seed-{seed}.log",
    benchmark:
        "results/benchmarks/expression_train/{dataset}_{variant}_{donor}_seed-{seed}.tsv"
    conda:
        "../../envs/torch.yaml"
    resources:
        gpu=gpus,
        mem_mb=grows(4000),
        runtime=grows(240),
    params:
        config=lookup("expression/variants/{variant}", within=config),
        checkpoints="results/checkpoints/expression/{dataset}/{variant}/{donor}/seed-{seed}",
    message:
        "Train {wildcards.variant} on donor {wildcards.donor}, seed {wildcards.seed}."
    script:
        "../../scripts/expression_train.py"


rule expression_infer:
    input:
        model=model_file,
        labels=grid_file,
        atlas=anatomy_files,
        structure="results/expression/{dataset}/atlas/structure.nii.gz",
        library=variant_sources("expression_infer"),
    output:
        maps=temp(
            directory(
                "results/expression/{dataset}/map_parts/{variant}/{donor}/{atlas}/{scatteritem}"
            )
        ),
    log:
        "results/logs/expression_infer/{dataset}_{variant}_{donor}_{atlas}_{scatteritem}.log",
    benchmark:
        "results/benchmarks/expression_infer/{dataset}_{variant}_{donor}_{atlas}_{scatteritem}.tsv"
    conda:
        "../../envs/torch.yaml"
    threads: 2
    resources:
        gpu=gpus,
        mem_mb=grows(4000),
        runtime=grows(240),
    params:
        maps=lookup("expression/maps/inference", within=config),
    message:
        "Evaluate {wildcards.variant} of donor {wildcards.donor} on {wildcards.atlas}, genes"
        " {wildcards.scatteritem}."
    script:
        "../../scripts/expression_infer.py"


rule expression_gather:
    input:
        parts=gather.genes(
            "results/expression/{{dataset}}/map_parts/{{variant}}/{{donor}}/{{atlas}}/{scatteritem}"
        ),
        library=sources("expression_gather"),
    output:
        maps=directory("results/expression/{dataset}/maps/{variant}/{donor}/{atlas}"),
    log:
        "results/logs/expression_gather/{dataset}_{variant}_{donor}_{atlas}.log",
    benchmark:
        "results/benchmarks/expression_gather/{dataset}_{variant}_{donor}_{atlas}.tsv"
    conda:
        "../../envs/brain.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(15),
    message:
        "Gather the maps of {wildcards.variant} of donor {wildcards.donor} on {wildcards.atlas}."
    script:
        "../../scripts/expression_gather.py"


rule expression_average:
    input:
        maps="results/expression/{dataset}/maps/{variant}/{donor}/{atlas}",
        labels=grid_file,
        abagen="results/expression/{dataset}/regions/{atlas}/{donor}_abagen_interpolated.csv",
        library=sources("expression_average"),
    output:
        regions=temp(
            "results/expression/{dataset}/region_parts/{variant}/{donor}/{atlas}/{scatteritem}.csv"
        ),
        averages=temp(
            directory(
                "results/expression/{dataset}/average_parts/{variant}/{donor}/{atlas}/{scatteritem}"
            )
        ),
    log:
        "results/logs/expression_average/{dataset}_{variant}_{donor}_{atlas}_{scatteritem}.log",
    benchmark:
        "results/benchmarks/expression_average/{dataset}_{variant}_{donor}_{atlas}_{scatteritem}.tsv"
    conda:
        "../../envs/brain.yaml"
    resources:
        mem_mb=grows(500),
        runtime=grows(60),
    message:
        "Average the maps of {wildcards.variant}, donor {wildcards.donor}, over {wildcards.atlas},"
        " genes {wildcards.scatteritem}."
    script:
        "../../scripts/expression_average.py"


rule expression_gather_averages:
    input:
        regions=gather.genes(
            "results/expression/{{dataset}}/region_parts/{{variant}}/{{donor}}/{{atlas}}/{scatteritem}.csv"
        ),
        averages=gather.genes(
            "results/expression/{{dataset}}/average_parts/{{variant}}/{{donor}}/{{atlas}}/{scatteritem}"
        ),
        library=sources("expression_gather_averages"),
    output:
        regions="results/expression/{dataset}/regions/{atlas}/{donor}_{variant}.csv",
        averages=directory(
            "results/expression/{dataset}/averages/{variant}/{donor}/{atlas}"
        ),
    log:
        "results/logs/expression_gather_averages/{dataset}_{variant}_{donor}_{atlas}.log",
    benchmark:
        "results/benchmarks/expression_gather_averages/{dataset}_{variant}_{donor}_{atlas}.tsv"
    wildcard_constraints:
        variant="|".join(config["expression"]["variants"]),
    conda:
        "../../envs/brain.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(15),
    message:
        "Gather the region means of {wildcards.variant}, donor {wildcards.donor}, over"
        " {wildcards.atlas}."
    script:
        "../../scripts/expression_gather_averages.py"
