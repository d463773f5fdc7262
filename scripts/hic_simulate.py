"""Make synthetic contact maps with known structures: a cooler of raw counts, and the truth."""

from collections.abc import Mapping
from pathlib import Path

from spectralmaps.hic.synthetic import make_chromosome
from spectralmaps.hic.synthetic_config import SyntheticConfig
from spectralmaps.hic.synthetic_files import write_counts, write_truth
from spectralmaps.logs import log_to


def main(
    path_to_cool: Path,
    path_to_truth: Path,
    chromosomes: Mapping[str, int],
    config: SyntheticConfig,
    seed: int,
) -> None:
    """Write the counts of all chromosomes and a folder with what is planted in them.

    Parameters
    ----------
    path_to_cool
        New cooler.
    path_to_truth
        Folder of ``boundaries.bed``, ``domains.bed``, ``loops.bedpe``, ``stripes.bed``,
        ``compartments.bedgraph`` and ``bins.tsv``.
    chromosomes
        Name and length (base pairs) of each chromosome, for example one to train and one to test.
    config
        Sizes and strengths.
    seed
        Seed of all draws.
    """
    made = [make_chromosome(name, length, config, seed) for name, length in chromosomes.items()]
    write_counts(path_to_cool, made, seed)
    write_truth(path_to_truth, made)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            path_to_cool=Path(snakemake.output.cool),
            path_to_truth=Path(snakemake.output.loops).parent,
            chromosomes=snakemake.params.chromosomes,
            config=SyntheticConfig(**snakemake.params.model),
            seed=int(snakemake.params.seed),
        )
