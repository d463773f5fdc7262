"""Functions of the rules: configuration check, code that a script depends on, target lists.

Standard library and jsonschema (a dependency of Snakemake) only: a dry run never loads torch.
"""

import ast
import csv
import json
import os
from functools import cache
from pathlib import Path

import jsonschema
import yaml
from snakemake.exceptions import WorkflowError

ROOT = Path(workflow.basedir)
PACKAGE = "spectralmaps"


wildcard_constraints:
    seeds=r"\d+(_\d+)*",


def check_config():
    """Stop with one line for each key of the configuration that does not fit the schema."""
    schema = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
    errors = jsonschema.Draft202012Validator(schema).iter_errors(config)
    lines = [
        f"config: {'.'.join(map(str, error.absolute_path)) or 'top level'}: {error.message};"
        " see config/README.md"
        for error in errors
    ]
    lines = lines or unknown_names(config["expression"]) + hic_unknown_names(
        config["hic"]
    )
    if lines:
        raise WorkflowError("\n".join(sorted(lines)))


def unknown_names(expression):
    """One line for each variant or split that is asked for and not described."""
    evaluation, figures = expression["evaluation"], expression["figures"]
    asked = {
        "maps.variants": expression["maps"]["variants"],
        "new_genes.variants": expression["new_genes"]["variants"],
        "new_genes.baseline": [expression["new_genes"]["baseline"]],
        "figures.variants": figures["variants"],
    }
    asked |= {f"figures.{role}": [figures[role]] for role in ("ours", "joint", "gene")}
    asked |= {
        f"sweeps.{key}.base": [s["base"]] for key, s in expression["sweeps"].items()
    }
    asked |= {
        f"evaluation.variants.{key}": v for key, v in evaluation["variants"].items()
    }
    known = {key: ("variants", expression["variants"]) for key in asked}
    asked["evaluation.variants"] = evaluation["variants"]
    known["evaluation.variants"] = (
        "evaluation.splits",
        [*evaluation["splits"], "truth"],
    )
    return [
        f"config: expression.{key}: expected names under expression.{known[key][0]}, found"
        f" {name!r}; correct it or describe it there"
        for key, names in asked.items()
        for name in names
        if name not in known[key][1]
    ]


def hic_unknown_names(hic):
    """One line for each variant of contact maps that is asked for and not described."""
    asked = {
        "evaluation.variants": (hic["evaluation"]["variants"], "variants"),
        "coolers": (hic["coolers"], "variants"),
        "figures.variants": (hic["figures"]["variants"], "variants"),
        "figures.depth_variants": (hic["figures"]["depth_variants"], "variants"),
        "benchmarks.cleaning.variants": (
            hic["benchmarks"]["cleaning"]["variants"],
            "variants",
        ),
        "overfit.path": (list(hic["overfit"]["path"]), "overfit.variants"),
    }
    known = {
        "variants": hic["variants"],
        "overfit.variants": hic["overfit"]["variants"],
    }
    return [
        f"config: hic.{key}: expected names under hic.{place}, found {name!r};"
        " correct it or describe it there"
        for key, (names, place) in asked.items()
        for name in names
        if name not in known[place]
    ]


def module_file(name):
    """File of a module of the package, or None if it is not one."""
    path = ROOT.joinpath(*name.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


@cache
def imported_modules(path):
    """Names of the modules of the package that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {name for name in names if name.split(".")[0] == PACKAGE}


def sources(script, *modules):
    """Files of the package that a script imports, directly or through others.

    Modules that a script imports by a name from the configuration are named beside it.
    """
    waiting = imported_modules(ROOT / "scripts" / f"{script}.py") | set(modules)
    files = set()
    while waiting:
        path = module_file(waiting.pop())
        if path is not None and path not in files:
            files.add(path)
            waiting |= imported_modules(path)
    return sorted(os.path.relpath(path) for path in files)


def variant_sources(script):
    """Input function: files that a script and the predictor of its variant depend on."""

    def files(wildcards):
        variant = config["expression"]["variants"][wildcards.variant]
        return sources(script, *modules_of([variant]))

    return files


@cache
def predictor_modules():
    """Module of each kind of predictor, read from the package's own table without importing it."""
    tree = ast.parse((ROOT / PACKAGE / "expression/predictors.py").read_text())
    for node in tree.body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "KINDS":
            return {
                kind: module
                for kind, (module, _) in ast.literal_eval(node.value).items()
            }
    raise WorkflowError(f"{PACKAGE}/expression/predictors.py: expected the table KINDS")


def modules_of(variants):
    """Modules of the predictors of some variants, by their settings."""
    return {
        f"{PACKAGE}.expression.{predictor_modules()[variant['kind']]}"
        for variant in variants
    }


def gpus(wildcards):
    """One GPU for the variants that are trained; the others have nothing for it to do."""
    kind = config["expression"]["variants"][wildcards.variant]["kind"]
    return int(predictor_modules()[kind] in ("published", "shared_trunk"))


def script_path(name):
    """Path of a script that runs outside the environment of the workflow."""
    return os.path.relpath(ROOT / "scripts" / f"{name}.py")


def abagen_python():
    """Interpreter with abagen: that of the rule's conda environment, else of the second venv."""
    methods = workflow.deployment_settings.deployment_method
    if any(method.name == "CONDA" for method in methods):
        return "python"
    fallback = ROOT / ".venv-abagen/bin/python"
    return os.environ.get("SPECTRALMAPS_ABAGEN_PYTHON", os.path.relpath(fallback))


# Said by the shell of a job, because a dry run needs no interpreter.
ABAGEN_CHECK = (
    "command -v {params.python} > /dev/null || {{ echo 'error: no interpreter with abagen at"
    " {params.python}; run make setup, use --use-conda, or name one in"
    " SPECTRALMAPS_ABAGEN_PYTHON' | tee {log} >&2; exit 1; }}; "
)


def expression_file(path):
    """Path in the folder of the configured dataset."""
    return f"results/expression/{config['expression']['dataset']}/{path}"


def expression_path(pattern):
    """A pattern with the configured dataset filled in."""
    return pattern.format(dataset=config["expression"]["dataset"])


def abagen_options():
    """Options of abagen as JSON; samples of a table are what they are, whatever the atlas says."""
    options = dict(config["expression"]["abagen"])
    if config["expression"]["source"] == "table":
        options.update(corrected_mni=False, reannotated=False, ibf_threshold=0)
    return json.dumps(options, sort_keys=True)


def gene_files():
    """The file of gene symbols, if the genes are not all."""
    genes = config["expression"]["genes"]
    return [] if genes == "all" else [genes]


def atlas_files(wildcards):
    """Image and table of an atlas; abagen's where the configuration names none."""
    chosen = config["expression"]["atlases"][wildcards.atlas]
    if chosen["image"] is None:
        folder = "results/expression/abagen/desikan_killiany"
        return {"image": f"{folder}.nii.gz", "table": f"{folder}.csv"}
    return {name: path for name, path in chosen.items() if path is not None}


def anatomy_names():
    """Names of the files that a look-up of places needs beside the structure volume."""
    reference = config["expression"]["anatomy"]["reference_atlas"]
    names = ["anatomy.json", "grey.nii.gz", "white.nii.gz"]
    return [*names, f"{reference}.nii.gz", f"{reference}.csv"]


def anatomy_files(wildcards):
    """Files of a dataset that a look-up of places needs."""
    return [
        f"results/expression/{wildcards.dataset}/atlas/{name}"
        for name in anatomy_names()
    ]


def benchmark_anatomy():
    """Files of the configured dataset that a look-up of places needs."""
    names = anatomy_names()
    return [expression_file(f"atlas/{name}") for name in names]


def genome_study():
    """Settings of the benchmark of all genes, with the variant that it is about."""
    expression = config["expression"]
    study = dict(expression["benchmarks"]["genome"])
    name = study.pop("variant")
    variant = {**expression["variants"][name], **study.pop("settings")}
    return {
        **study,
        "name": name,
        "variant": variant,
        "dataset": expression["dataset"],
    }


def table_files():
    """Sample sheet of the source ``table`` and the files that it names."""
    table = config["expression"]["table"]
    if config["expression"]["source"] != "table":
        return []
    sheet = Path(table["sheet"])
    if not sheet.is_file():
        raise WorkflowError(
            f"expression.table.sheet: expected a file, found no {sheet}"
        )
    with sheet.open(newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return [str(sheet), *(str(Path(table["folder"], row["path"])) for row in rows)]


def samples_file(name):
    """Table of the samples: the user's own, or as abagen normalised them."""
    source = "table" if config["expression"]["source"] == "table" else "abagen"
    return f"results/expression/{{dataset}}/{source}/samples/{name}.csv"


def ahba_folder(wildcards):
    """Folder in the format of the Allen Human Brain Atlas that abagen reads."""
    source = config["expression"]["source"]
    if source == "ahba":
        return config["expression"]["ahba"]["folder"]
    return f"results/expression/{wildcards.dataset}/{source}/ahba"


def ahba_input(wildcards):
    """That folder as an input, unless abagen has still to download the atlas into it."""
    folder = ahba_folder(wildcards)
    downloads = config["expression"]["source"] == "ahba" and not Path(folder).exists()
    return [] if downloads else [folder]


def region_donors():
    """Donors with a region table of their own, and all of them together."""
    return [*config["expression"]["donors"], "all"]


def model_file(wildcards):
    """The model that a map is made from."""
    seed = config["expression"]["maps"]["seed"]
    folder = f"results/expression/{wildcards.dataset}/models/{wildcards.variant}"
    return f"{folder}/{wildcards.donor}/seed-{seed}.safetensors"


def score_files(splits=None, variants=None):
    """Scores of the evaluated variants on their splits, and on the truth of a phantom."""
    evaluation = config["expression"]["evaluation"]
    chosen = [
        (variant, split)
        for split, names in evaluation["variants"].items()
        for variant in names
        if (splits is None or split in splits)
        and (variants is None or variant in variants)
    ]
    if config["expression"]["source"] != "phantom":
        chosen = [(variant, split) for variant, split in chosen if split != "truth"]
    return [
        expression_file(f"evaluation/{variant}/{split}/seeds-{seeds_of(variant)}.csv")
        for variant, split in chosen
    ]


def seeds_of(variant):
    """Seeds that a variant is scored with, as the names of its files hold them."""
    evaluation = config["expression"]["evaluation"]
    n_seeds = 1 if variant in evaluation["once"] else None
    return "_".join(map(str, evaluation["seeds"][:n_seeds]))


def grid_file(wildcards):
    """Labels on the grid of the maps: an atlas of the configuration, or a mask of the template."""
    known = wildcards.atlas in config["expression"]["atlases"]
    folder = "grid" if known else "atlas"
    return f"results/expression/{wildcards.dataset}/{folder}/{wildcards.atlas}.nii.gz"


def map_folders(variants, donors, atlas, kind="maps"):
    """Folders of maps (or of averages) of variants and donors on an atlas."""
    return [
        expression_file(f"{kind}/{variant}/{donor}/{atlas}")
        for variant in variants
        for donor in donors
    ]


def spectrum_maps():
    """Maps whose spectra are compared: all variants of the figures on the first donor."""
    figures = config["expression"]["figures"]
    return map_folders(figures["variants"], [figures["donor"]], figures["mask"])


def map_targets():
    """Maps, region tables and long tables that a run makes beside its figures."""
    maps = config["expression"]["maps"]
    targets = [
        folder
        for atlas in maps["atlases"]
        for folder in map_folders(maps["variants"], maps["donors"], atlas)
    ]
    for atlas in set(maps["atlases"]) & set(config["expression"]["atlases"]):
        targets += map_folders(maps["variants"], maps["donors"], atlas, "averages")
    if maps["long_tables"]:
        targets += [
            expression_file(f"order/{order}_{donor}_merged.csv")
            for order in ("se", "pc1")
            for donor in maps["donors"]
        ]
    return targets


def figure_targets():
    """Every figure of the manuscript that the configured source can make, and pages of genes."""
    has_truth = config["expression"]["source"] == "phantom"
    figures = config["expression"]["figures"]
    drawn = [
        expression_file(f"figures/{name}.svg")
        for name in figures["names"]
        if has_truth or name != "truth"
    ]
    pages = figures["genes"] if "brains" in figures["names"] else []
    return drawn + [expression_file(f"views/{gene}.html") for gene in pages]


def figure_maps(kind="maps"):
    """Maps (or averages) that the figures of brains show."""
    figures = config["expression"]["figures"]
    atlas = figures["mask"] if kind == "maps" else figures["atlas"]
    return map_folders(figures["variants"], [figures["donor"]], atlas, kind)


def our_maps():
    """Maps of the variant that stands for the module."""
    figures = config["expression"]["figures"]
    return map_folders([figures["ours"]], [figures["donor"]], figures["mask"])[0]


def similarity_maps(wildcards):
    """Maps of a donor by the variant that stands for the module."""
    figures = config["expression"]["figures"]
    return map_folders([figures["ours"]], [wildcards.donor], figures["mask"])[0]


def region_table(wildcards):
    """Region means of a variant's maps."""
    atlas = config["expression"]["figures"]["atlas"]
    return expression_file(f"regions/{atlas}/{wildcards.donor}_{wildcards.variant}.csv")


def abagen_table(wildcards):
    """abagen's region table of a donor, empty parcels filled."""
    atlas = config["expression"]["figures"]["atlas"]
    return expression_file(f"regions/{atlas}/{wildcards.donor}_abagen_interpolated.csv")


def region_table_of(role):
    """Region means of the variant that a figure names by its role."""
    figures = config["expression"]["figures"]
    return expression_file(
        f"regions/{figures['atlas']}/{figures['donor']}_{figures[role]}.csv"
    )


def first_abagen_table():
    """abagen's region table of the donor of the figures."""
    figures = config["expression"]["figures"]
    return expression_file(
        f"regions/{figures['atlas']}/{figures['donor']}_abagen_interpolated.csv"
    )


def joint_and_gene():
    """Variants with one network for all genes and with one a gene."""
    figures = config["expression"]["figures"]
    return {figures["joint"], figures["gene"]}


def order_tables():
    """Gene orders of all donors."""
    donors = config["expression"]["donors"]
    return [
        expression_file(f"order/{order}_{donor}.csv")
        for order in ("se", "pc1")
        for donor in donors
    ]


def first_order():
    """Spectral order of the donor of the figures."""
    return expression_file(f"order/se_{config['expression']['figures']['donor']}.csv")


def variants_of_sweep(wildcards):
    """Settings of the variant that a sweep varies, by its name."""
    base = config["expression"]["sweeps"][wildcards.sweep]["base"]
    return {base: config["expression"]["variants"][base]}


def sweep_sources(wildcards):
    """Files that a sweep and the predictor that it varies depend on."""
    return sources(
        "expression_sweep", *modules_of(variants_of_sweep(wildcards).values())
    )


def variants_of_new_genes():
    """Settings of the variants that predict new genes, by their names."""
    study = config["expression"]["new_genes"]
    names = [study["baseline"], *study["variants"]]
    return {name: config["expression"]["variants"][name] for name in names}


def new_genes_sources():
    """Files that the prediction of new genes and its predictors depend on."""
    used = [*variants_of_new_genes().values(), {"kind": "mean"}]
    return sources("expression_new_genes", *modules_of(used))


def held_out():
    """Splits that hold out samples."""
    return set(config["expression"]["evaluation"]["splits"])
