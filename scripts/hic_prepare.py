"""Make the contact maps of one dataset and role ready: thinned, balanced, near the diagonal."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spectralmaps.files import atomic_path
from spectralmaps.hic.balancing import BalancingConfig
from spectralmaps.hic.data import save_bands
from spectralmaps.hic.preparation import contact_table, keep_input_cool, prepare_maps
from spectralmaps.hic.sheet import chromosome_parts, read_sheet, rows_of
from spectralmaps.logs import log_to


@dataclass(frozen=True, kw_only=True)
class PreparationPaths:
    """What is read (sheet, folder of the maps) and written.

    Written are the input maps, the truth maps (a file without maps where there is no truth), the
    table of their sizes and, unless ``None``, the input's contacts of all distances as a cooler.
    """

    sheet: Path
    folder: Path
    inputs: Path
    truths: Path
    table: Path
    cool: Path | None


def main(
    paths: PreparationPaths,
    sample: tuple[str, str, int],
    max_distance_bp: int,
    balancing: BalancingConfig,
    seed: int,
) -> None:
    """Read the rows of one dataset and role, or one part of them; write their maps.

    Parameters
    ----------
    paths
        Files.
    sample
        Dataset, role (train or test) and number of the chromosome among those that the rows name,
        from 1; 0 takes all rows.
    max_distance_bp
        Largest distance of a pair of bins, bp.
    balancing
        Where balancing weights come from.
    seed
        Seed of the thinning.
    """
    dataset, role, part = sample
    rows = rows_of(read_sheet(paths.sheet), dataset, role)
    if part:
        rows = chromosome_parts(rows)[part - 1]
    paths.inputs.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=paths.inputs.parent) as work:
        prepared = prepare_maps(rows, paths.folder, Path(work), max_distance_bp, balancing, seed)
        if paths.cool is not None:
            keep_input_cool(Path(work), paths.cool)
    save_bands(paths.inputs, prepared.inputs)
    save_bands(paths.truths, prepared.truths)
    with atomic_path(paths.table) as temporary:
        contact_table(prepared, max_distance_bp).to_csv(temporary, sep="\t", index=False)


def sample_of(wildcards: Any) -> tuple[str, str, int]:
    """Dataset, role and part of a rule; training maps are not divided."""
    return wildcards.dataset, wildcards.role, int(wildcards.get("part", 0))


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            PreparationPaths(
                sheet=Path(snakemake.input.sheet),
                folder=Path(snakemake.params.folder),
                inputs=Path(snakemake.output.inputs),
                truths=Path(snakemake.output.truths),
                table=Path(snakemake.output.table),
                cool=Path(cool) if (cool := snakemake.output.get("cool")) else None,
            ),
            sample=sample_of(snakemake.wildcards),
            max_distance_bp=int(snakemake.params.max_distance_bp),
            balancing=BalancingConfig(**snakemake.params.balancing),
            seed=int(snakemake.wildcards.seed),
        )
