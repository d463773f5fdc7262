"""Run abagen: expression of samples and of the regions of an atlas.

Runs in abagen's own environment and needs nothing of this package. Bad input ends the script
with one line on standard error.
"""

import argparse
import inspect
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

import abagen
import nibabel as nib
import numpy as np
import pandas as pd
from abagen.datasets import WELL_KNOWN_IDS
from abagen.reporting import Report

STRUCTURE = ["slab_type", "structure_acronym", "structure_name"]
DATA = Path(abagen.__file__).parent / "data"


def link_donors(folder: Path, scratch: Path, donors: list[str], reannotate: bool) -> bool:
    """Link the donors' files to where abagen looks; whether it still has to re-annotate.

    abagen can re-annotate only files that hold every probe of the atlas. Files with fewer are
    linked beside a re-annotated ``Probes.csv``, which is what abagen would make of them. Files
    that do not exist are downloaded by abagen into ``folder``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"normalized_microarray_donor{donor}" for donor in donors]
    probes = [folder / name / "Probes.csv" for name in names]
    table = pd.read_csv(DATA / "reannotated.csv.gz")[["probe_name", "gene_symbol", "entrez_id"]]
    partial = [path.exists() and not whole(path, table) for path in probes]
    if not (reannotate and any(partial)):
        (scratch / "microarray").symlink_to(folder.resolve())
        return reannotate
    for name in names:
        target = scratch / "microarray" / name
        target.mkdir(parents=True)
        for path in (folder / name).iterdir():
            if path.name != "Probes.csv":
                (target / path.name).symlink_to(path.resolve())
        found = pd.read_csv(folder / name / "Probes.csv")[["probe_id", "probe_name"]]
        found.merge(table, on="probe_name").dropna().astype({"entrez_id": int}).to_csv(
            target / "Probes.csv", index=False
        )
    return False


def whole(path: Path, table: pd.DataFrame) -> bool:
    """Whether a table of probes holds every re-annotated probe."""
    return set(table["probe_name"]) <= set(pd.read_csv(path)["probe_name"])


def known_genes(path_to_probes: Path, reannotate: bool) -> set[str]:
    """Symbols of the genes that have a probe."""
    probes = pd.read_csv(path_to_probes)
    if reannotate:
        table = pd.read_csv(DATA / "reannotated.csv.gz")
        probes = table[table["probe_name"].isin(probes["probe_name"])]
    return set(probes.dropna(subset=["entrez_id"])["gene_symbol"].astype(str))


def choose_genes(path_to_genes: str, known: set[str]) -> list[str]:
    """The genes asked for, sorted; ends the script if one is unknown."""
    if path_to_genes == "all":
        return sorted(known)
    genes = sorted(set(Path(path_to_genes).read_text().split()))
    unknown = [gene for gene in genes if gene not in known]
    if unknown or not genes:
        sys.exit(
            f"error: {path_to_genes}: expected gene symbols with a probe, found"
            f" {len(unknown)} unknown: {', '.join(unknown) or 'an empty list'};"
            " correct the spelling or remove them"
        )
    return genes


def sample_tables(files: dict, options: dict) -> tuple[pd.DataFrame, pd.DataFrame, set[str]]:
    """Annotation and normalised expression of every sample, and genes that some donor has.

    Samples are never mirrored, so that a held-out sample has no copy among the others.
    """
    skipped = {"lr_mirror", "missing", "region_agg", "agg_metric", "tolerance", "norm_matched"}
    skipped.add("was_reannotated")
    chosen = {name: value for name, value in options.items() if name not in skipped}
    expression, coords = abagen.get_samples_in_mask(return_donors=True, **chosen)
    annotation = []
    for donor in expression:
        known = pd.read_csv(files[donor]["annotation"]).set_index("well_id")
        place = coords[donor].set_axis(["x_mm", "y_mm", "z_mm"], axis=1)
        place.insert(0, "donor", donor)
        annotation.append(place.join(known[STRUCTURE]))
    values = pd.concat(expression.values(), join="inner")
    seen = set().union(*(set(table.columns) for table in expression.values()))
    return pd.concat(annotation).rename_axis("sample"), values.rename_axis("sample"), seen


def with_empty_parcel(
    image: nib.Nifti1Image, table: pd.DataFrame
) -> tuple[nib.Nifti1Image, pd.DataFrame, int]:
    """The atlas with one more parcel in a corner of its grid, where no sample can be.

    abagen's interpolation fails if a donor has samples in every parcel; with this one it has not.
    """
    labels = np.asarray(image.dataobj).astype(np.int32)
    corner = next(index for index in np.ndindex(labels.shape) if labels[index] == 0)
    extra = int(labels.max()) + 1
    labels[corner] = extra
    row = {"id": extra, "label": "empty", "hemisphere": "L", "structure": "cortex"}
    wider = pd.concat([table, pd.DataFrame([row])], ignore_index=True)
    return nib.Nifti1Image(labels, image.affine), wider, extra


def region_tables(atlas: Path, table: pd.DataFrame, options: dict) -> tuple[dict, pd.DataFrame]:
    """Region x gene tables by file name, and the number of samples a region and donor."""
    image = nib.load(atlas)
    has_structures = not (table["structure"].fillna("") == "").any()
    fill = options["missing"] or "interpolate"
    tables = {}
    for suffix, missing in (("_abagen_interpolated", fill), ("_abagen", None)):
        labels, rows, extra = image, table, None
        if missing is not None:
            labels, rows, extra = with_empty_parcel(image, table)
        atlas_and_info = (labels, rows if has_structures else None)
        asked = {**options, "missing": missing}
        asked.pop("was_reannotated")
        donors, counts = abagen.get_expression_data(
            *atlas_and_info,
            return_donors=True,
            return_counts=True,
            **{**asked, "region_agg": "donors"},
        )
        if options["region_agg"] == "donors":
            pooled = pool(donors, options["agg_metric"])
        else:
            pooled = abagen.get_expression_data(*atlas_and_info, **asked)
        for donor, values in {**donors, "all": pooled}.items():
            tables[donor + suffix] = values.drop(index=[extra], errors="ignore")
    return tables, counts


def pool(donors: dict[str, pd.DataFrame], metric: str) -> pd.DataFrame:
    """Average over the donors that have a region, genes with gaps left out, as abagen does."""
    values = pd.concat(donors.values()).groupby("label").aggregate(metric)
    incomplete = values.dropna(axis=0, how="all").isna().any(axis=0)
    return values.loc[:, ~incomplete]


def methods(atlas: Path, options: dict, counts: pd.DataFrame, n_genes: int) -> str:
    """Report by abagen for the interpolated table of all donors."""
    names = set(inspect.signature(Report.__init__).parameters)
    chosen = {name: value for name, value in options.items() if name in names}
    chosen["missing"] = options["missing"] or "interpolate"
    chosen["reannotated"] = options["was_reannotated"]
    return Report(nib.load(atlas), counts=counts, n_genes=n_genes, **chosen).body + "\n"


def any_probe_passes(files: dict, threshold: float) -> bool:
    """Whether a probe is above background in enough samples of all donors together."""
    present = [pd.read_csv(file["pacall"], header=None, index_col=0) for file in files.values()]
    return bool((pd.concat(present, axis=1).mean(axis=1) >= threshold).any())


def no_probe(options: dict) -> str:
    """The message for an intensity filter that leaves nothing."""
    return (
        "error: abagen.ibf_threshold: expected probes above background in a share of"
        f" {options['ibf_threshold']} of the samples, found none; lower it"
    )


def checked_region_tables(
    arguments: argparse.Namespace, options: dict, files: dict
) -> tuple[dict, pd.DataFrame]:
    """Region tables; ends the script if no probe or no sample is left."""
    try:
        tables, counts = region_tables(arguments.atlas, pd.read_csv(arguments.atlas_table), options)
    except (KeyError, ValueError):
        if any_probe_passes(files, options["ibf_threshold"]):
            raise
        sys.exit(no_probe(options))
    if tables["all_abagen"].isna().all(axis=None):
        sys.exit(
            f"error: {arguments.atlas}: expected samples in the atlas's parcels, found none; check"
            " that it lies in MNI space, or raise abagen.tolerance"
        )
    return tables, counts


def dropped_genes(genes: list[str], found: set[str], seen: set[str]) -> pd.DataFrame:
    """Genes without a result, and why."""
    reasons = {
        gene: "normalisation is not finite" if gene in seen else "intensity filter"
        for gene in genes
        if gene not in found
    }
    return pd.DataFrame({"gene": list(reasons), "reason": list(reasons.values())})


def write(table: pd.DataFrame, path: Path, index: bool = True) -> None:
    """Write a table under a temporary name, then move it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".partial-{path.name}")
    table.to_csv(temporary, index=index)
    temporary.replace(path)


def write_regions(arguments: argparse.Namespace, options: dict, files: dict, genes: list) -> None:
    """Write the region tables, abagen's report and the genes that were dropped."""
    tables, counts = checked_region_tables(arguments, options, files)
    found = set(tables["all_abagen"].columns)
    seen = found.union(*(set(table.columns) for table in tables.values()))
    kept = kept_genes(genes, found)
    for name, table in tables.items():
        values = table.reindex(columns=kept).rename_axis("label").rename_axis(None, axis=1)
        write(values, arguments.regions_dir / f"{name}.csv")
    write(dropped_genes(genes, found, seen), arguments.regions_dir / "dropped_genes.csv", False)
    (arguments.regions_dir / "methods.txt").write_text(
        methods(arguments.atlas, options, counts, len(kept))
    )


def write_samples(arguments: argparse.Namespace, options: dict, files: dict, genes: list) -> None:
    """Write annotation and expression of the samples and the genes that were dropped."""
    if not any_probe_passes(files, options["ibf_threshold"]):
        sys.exit(no_probe(options))
    annotation, expression, seen = sample_tables(files, options)
    found = set(expression.columns)
    write(expression[kept_genes(genes, found)], arguments.samples_dir / "expression.csv")
    write(annotation, arguments.samples_dir / "annotation.csv")
    write(dropped_genes(genes, found, seen), arguments.samples_dir / "dropped_genes.csv", False)


def kept_genes(genes: list[str], found: set[str]) -> list[str]:
    """The genes that abagen kept; ends the script if there is none."""
    kept = [gene for gene in genes if gene in found]
    if not kept:
        sys.exit(
            f"error: abagen: expected genes after filtering, found none of {len(genes)}; lower"
            " abagen.ibf_threshold, or set norm_structures to false if a structure has one sample"
        )
    return kept


def main(arguments: argparse.Namespace, scratch: Path) -> None:
    """Write the tables of samples, of regions, or both, as the folders given say."""
    given = Path(arguments.options)
    options = json.loads(given.read_text() if given.suffix == ".json" else arguments.options)
    donors = [str(donor) for donor in arguments.donors]
    if options["probe_selection"] == "diff_stability" and len(donors) == 1:
        sys.exit(
            "error: abagen.probe_selection: diff_stability compares donors, found one donor"
            f" ({donors[0]}); choose max_intensity or another selection"
        )
    wanted = bool(options["reannotated"])
    native = link_donors(arguments.ahba_dir, scratch, donors, wanted)
    options.update(data_dir=str(scratch), donors=donors, reannotated=native, verbose=0)
    files = abagen.fetch_microarray(data_dir=str(scratch), donors=donors, verbose=1)
    genes = choose_genes(arguments.genes, known_genes(files[donors[0]]["probes"], native))
    options["was_reannotated"] = wanted
    if arguments.samples_dir is not None:
        write_samples(arguments, options, files, genes)
    if arguments.regions_dir is not None:
        write_regions(arguments, options, files, genes)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ahba-dir", type=Path, required=True)
    parser.add_argument("--genes", nargs="?", const="all", help="file of symbols; empty for all")
    parser.add_argument("--options", required=True, help="abagen's options: JSON, or a .json file")
    parser.add_argument("--donors", nargs="+", required=True, choices=WELL_KNOWN_IDS.value_set())
    parser.add_argument("--samples-dir", type=Path, help="omit to write no samples")
    parser.add_argument("--regions-dir", type=Path, help="omit to write no regions")
    parser.add_argument("--atlas", type=Path, help="needed for regions")
    parser.add_argument("--atlas-table", type=Path, help="needed for regions")
    warnings.simplefilter("ignore", FutureWarning)  # abagen 0.1.3 on the pandas it is pinned to
    os.environ.pop("ABAGEN_DATA", None)
    with tempfile.TemporaryDirectory() as folder:
        main(parser.parse_args(), Path(folder))
