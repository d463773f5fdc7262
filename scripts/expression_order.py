"""Order the genes by the samples of one donor, or of all: first component and embedding."""

from pathlib import Path

import pandas as pd

from spectralmaps.expression.long_tables import rows_of_donor
from spectralmaps.expression.order import OrderConfig, embed_genes, pc1_order
from spectralmaps.files import atomic_path
from spectralmaps.logs import log_to

ORDERS = ("pc1", "se")


def main(
    paths_to_samples: dict[str, Path],
    paths_to_orders: dict[str, Path],
    donor: str,
    config: OrderConfig,
    seed: int,
) -> None:
    """Write the tables gene, order: signed loadings for pc1, places in [0, 1] for se.

    Parameters
    ----------
    paths_to_samples
        annotation and expression.
    paths_to_orders
        pc1 and se.
    donor
        Number of a donor, or ``all``.
    config
        Affinity of the embedding.
    seed
        Seed of the embedding.
    """
    tables = {
        name: pd.read_csv(path, dtype={"sample": str}, index_col="sample")
        for name, path in paths_to_samples.items()
    }
    rows = rows_of_donor(tables["annotation"], donor)
    expression = tables["expression"].loc[rows.index]
    values = expression.to_numpy()
    orders = {"pc1": pc1_order(values), "se": embed_genes(values, config, seed)}
    for name in ORDERS:
        table = pd.DataFrame({"gene": expression.columns, "order": orders[name]})
        with atomic_path(paths_to_orders[name]) as path:
            table.sort_values("gene").to_csv(path, index=False)


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_samples={
                name: Path(snakemake.input[name]) for name in ("annotation", "expression")
            },
            paths_to_orders={name: Path(snakemake.output[name]) for name in ORDERS},
            donor=snakemake.wildcards.donor,
            config=OrderConfig(**snakemake.params.order),
            seed=snakemake.params.seed,
        )
