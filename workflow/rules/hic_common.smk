"""Functions of the rules of contact maps: the sample sheet, target lists, inputs by dataset."""

HIC = config["hic"]
SIMULATED = "results/hic/simulated"


@cache
def hic_sheet():
    """Rows of the sample sheet as dictionaries; the jobs check them in full."""
    path = Path(HIC["sheet"])
    if not path.is_file():
        raise WorkflowError(
            f"config: hic.sheet: expected a file, found no {path}; correct it"
        )
    with path.open(newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    known = {row.get("dataset") for row in rows}
    unknown = [name for name in HIC["datasets"] if name not in known]
    if unknown:
        raise WorkflowError(
            f"config: hic.datasets: expected names in {path}, found {unknown[0]!r};"
            " correct it or describe it there"
        )
    return rows


def hic_rows(dataset, role):
    """Rows of a dataset with a role."""
    return [
        row for row in hic_sheet() if (row["dataset"], row["role"]) == (dataset, role)
    ]


def in_hic_folder(path):
    """File of the folder of the data, without the resolution that may follow its name."""
    return str(Path(HIC["folder"], path.partition("::")[0]))


def hic_map_files(wildcards):
    """Contact maps that the rows of a dataset and role name."""
    rows = hic_rows(wildcards.dataset, wildcards.role)
    paths = [row[name] for row in rows for name in ("path", "truth") if row[name]]
    return list(dict.fromkeys(in_hic_folder(path) for path in paths))


def hic_known_structures(wildcards):
    """Known loops of a dataset's test map, and all that is planted in a simulated one."""
    row = hic_rows(wildcards.dataset, "test")[0]
    found = {"loops": in_hic_folder(row["loops"])} if row["loops"] else {}
    if in_hic_folder(row["path"]).startswith(f"{SIMULATED}/"):
        found["boundaries"] = f"{SIMULATED}/boundaries.bed"
    return found


def hic_loops(wildcards):
    """Known loops of a dataset's test map, for figures."""
    return hic_known_structures(wildcards).get("loops", [])


def hic_variant_sources(script):
    """Input function: files that a script and the predictor of its variant depend on."""

    def files(wildcards):
        kind = HIC["variants"][wildcards.variant]["kind"]
        modules = hic_kinds()[kind]
        return sources(script, *(f"{PACKAGE}.hic.{module}" for module in modules))

    return files


@cache
def hic_kinds():
    """Modules of each kind of predictor, from the package's own table without importing it."""
    tree = ast.parse((ROOT / PACKAGE / "hic/predictors.py").read_text())
    for node in tree.body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "KINDS":
            table = ast.literal_eval(node.value)
            return {kind: (row[0], row[2]) for kind, row in table.items()}
    raise WorkflowError(f"{PACKAGE}/hic/predictors.py: expected the table KINDS")


def hic_held_back(wildcards):
    """Reads held back from the training maps, for variants that learn from them too."""
    if HIC["variants"][wildcards.variant].get("reads") != "all":
        return {}
    name = "results/hic/{dataset}/maps/train/seed-{seed}_truths.npz"
    return {"truths": name.format(**wildcards)}


def hic_gpus(wildcards):
    """One GPU for the variants that are trained."""
    return int(HIC["variants"][wildcards.variant]["kind"] == "denoiser")


def hic_scores(wildcards):
    """Scores of all variants of a dataset."""
    evaluation = HIC["evaluation"]
    return [
        f"results/hic/{wildcards.dataset}/evaluation/{variant}/held_out/seed-{seed}.csv"
        for variant in evaluation["variants"]
        for seed in evaluation["seeds"]
    ]


def hic_overfit_config(wildcards):
    """Settings of a network that learns a map by heart, with the weight of the wildcard."""
    settings = HIC["overfit"]["variants"][wildcards.variant]
    return {**settings, "spectral_weight": float(wildcards.weight)}


def hic_overfit_files(dataset, weights):
    """Curves of networks that learn a map by heart, for some weights of each variant."""
    if dataset not in HIC["overfit"]["regions"]:
        return []
    return [
        f"results/hic/{dataset}/overfit/{variant}/weight-{weight}/seed-{seed}.csv"
        for variant, chosen in weights.items()
        for weight in chosen
        for seed in HIC["overfit"]["seeds"]
    ]


def hic_overfit_ends(wildcards):
    """Curves of each variant at its own weight."""
    own = {name: [weight] for name, weight in hic_overfit_weights().items()}
    return hic_overfit_files(wildcards.dataset, own)


def hic_overfit_curves(wildcards):
    """The same, and the other weights of the path."""
    path = HIC["overfit"]["path"]
    weights = {
        name: sorted({weight, *path.get(name, [])})
        for name, weight in hic_overfit_weights().items()
    }
    return hic_overfit_files(wildcards.dataset, weights)


def hic_overfit_weights():
    """Weight of the spectral term that each variant has of its own."""
    variants = HIC["overfit"]["variants"]
    return {name: settings["spectral_weight"] for name, settings in variants.items()}


def hic_part_names(dataset):
    """Parts of a dataset's test map, a job each: one a chromosome that its rows name."""
    rows = hic_rows(dataset, "test")
    chromosomes = dict.fromkeys(row["region"].partition(":")[0] for row in rows)
    return {name: f"part-{number}" for number, name in enumerate(chromosomes, 1)}


def hic_parts_of(pattern):
    """Input function: files of all parts of a dataset's test map."""

    def files(wildcards):
        parts = hic_part_names(wildcards.dataset).values()
        return [pattern.format(part=part, **wildcards) for part in parts]

    return files


def hic_cooler_parts(wildcards):
    """Cleaned coolers of all parts of a dataset."""
    pattern = "results/hic/{dataset}/cooler_parts/{variant}/{part}/seed-{seed}.cool"
    return hic_parts_of(pattern)(wildcards)


def hic_overfit_map(name):
    """Input function: a file of the part whose chromosome a network learns by heart."""

    def file(wildcards):
        region = HIC["overfit"]["regions"][wildcards.dataset]
        parts = hic_part_names(wildcards.dataset)
        # A sheet that names no chromosome has all in one part.
        part = parts.get(region.partition(":")[0], next(iter(parts.values())))
        folder = f"results/hic/{wildcards.dataset}/maps/test/{part}"
        return f"{folder}/seed-{wildcards.seed}_{name}.npz"

    return file


def hic_predictions(wildcards):
    """Cleaned test maps of the variants that figures show, all parts of each."""
    seed = HIC["figures"]["seed"]
    return [
        f"results/hic/{wildcards.dataset}/predictions/{variant}/{part}/seed-{seed}.npz"
        for variant in HIC["figures"]["variants"]
        for part in hic_part_names(wildcards.dataset).values()
    ]


def hic_test_map(name):
    """Input function: files of the test map of the seed that figures show, one a part."""
    pattern = "results/hic/{dataset}/maps/test/{part}/seed-SEED_NAME.npz"
    seed = str(HIC["figures"]["seed"])
    return hic_parts_of(pattern.replace("SEED", seed).replace("NAME", name))


def hic_figure_region(wildcards):
    """Part of the test map that the figure of maps shows."""
    rows = hic_rows(wildcards.dataset, "test")
    return HIC["figures"]["region"].get(wildcards.dataset, rows[0]["region"])


def hic_scored_datasets():
    """Datasets of the run with reads to score against; the others are cleaned alone."""

    def scored(row):
        return bool(row.get("truth")) or row.get("depth") not in (None, "", "1")

    # A dataset without a test map goes on to the job that says so.
    rows = {name: hic_rows(name, "test") for name in HIC["datasets"]}
    return [
        name for name, found in rows.items() if not found or any(map(scored, found))
    ]


def hic_metrics_files(wildcards):
    """Tables of metrics of the scored datasets of the run, and what was checked of each."""
    return [
        f"results/hic/{dataset}/{name}"
        for dataset in hic_scored_datasets()
        for name in ("metrics.tsv", "checks.txt")
    ]


def hic_depths(wildcards):
    """Depth of the input of those scored datasets of the run that the figure of depths has."""
    scored = hic_scored_datasets()
    depths = HIC["figures"]["depths"]
    return {name: depth for name, depth in depths.items() if name in scored}


def hic_depth_metrics(wildcards):
    """Tables of metrics of the figure of depths."""
    return [f"results/hic/{name}/metrics.tsv" for name in hic_depths(wildcards)]


def hic_shown_scores(wildcards):
    """Scores that a figure of one dataset, or of all depths, shows: those of loops need loops."""
    dataset = wildcards.get("dataset")
    datasets = [dataset] if dataset else hic_depths(wildcards)
    has_loops = all(hic_rows(name, "test")[0]["loops"] for name in datasets)
    return [
        name
        for name in HIC["figures"]["metrics"]
        if has_loops or not name.startswith(("loop_", "dot_"))
    ]


def hic_coolers():
    """Cleaned contact maps that a run makes as coolers."""
    return [
        f"results/hic/{dataset}/coolers/{variant}/seed-{HIC['figures']['seed']}.cool"
        for dataset in HIC["datasets"]
        for variant in HIC["coolers"]
    ]


def hic_figure_files(wildcards):
    """Figures of the scored datasets of the run, and of those together."""
    datasets = hic_scored_datasets()
    per_dataset = ["maps", "decay", "spectrum", "scores"]
    files = [
        f"results/hic/{dataset}/figures/{name}.svg"
        for dataset in datasets
        for name in per_dataset
    ]
    files += [f"results/hic/{dataset}/views/maps.html" for dataset in datasets]
    files += [
        f"results/hic/{dataset}/figures/overfit.svg"
        for dataset in datasets
        if dataset in HIC["overfit"]["regions"]
    ]
    if len(hic_depths(wildcards)) > 1:
        files.append("results/hic/depths/figures/depth.svg")
    return files
