"""Vary one setting of a variant at a time: loss curves and held-out scores."""

from pathlib import Path
from typing import Any

from spectralmaps.expression.anatomy import Anatomy
from spectralmaps.expression.folds import SplitConfig
from spectralmaps.expression.samples import read_samples
from spectralmaps.expression.selection import choose_samples
from spectralmaps.expression.sweeps import SweepConfig, run_sweep
from spectralmaps.files import atomic_path
from spectralmaps.logs import log_to


def main(
    path_to_annotation: Path,
    path_to_expression: Path,
    path_to_atlas: Path,
    path_to_sweep: Path,
    variants: dict[str, Any],
    sweep: dict[str, Any],
) -> None:
    """Write the table of a sweep.

    Parameters
    ----------
    path_to_annotation, path_to_expression
        Samples: where they were taken, and their values.
    path_to_atlas
        Folder of the dataset's anatomy.
    path_to_sweep
        Table of loss curves and scores.
    variants
        Variants of the configuration, by name.
    sweep
        ``base``, ``vary``, ``splits``, ``seeds``, and ``donor`` and ``n_genes`` of the samples.
    """
    samples = read_samples(path_to_annotation, path_to_expression, Anatomy.read(path_to_atlas))
    config = SweepConfig(
        base=sweep["base"],
        vary=sweep["vary"],
        splits={name: SplitConfig(**split) for name, split in sweep["splits"].items()},
        seeds=sweep["seeds"],
    )
    chosen = choose_samples(samples, sweep["donor"], sweep["n_genes"])
    table = run_sweep(chosen, variants[config.base], config)
    with atomic_path(path_to_sweep) as path:
        table.to_csv(path, index=False)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_annotation=Path(snakemake.input.annotation),
            path_to_expression=Path(snakemake.input.expression),
            path_to_atlas=Path(snakemake.input.structure).parent,
            path_to_sweep=Path(snakemake.output.sweep),
            variants=snakemake.params.variants,
            sweep=snakemake.params.sweep,
        )
