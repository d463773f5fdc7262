"""Merge the scores of all variants, splits and seeds into the dataset's table of metrics."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from spectralmaps.expression.evaluate import summarise
from spectralmaps.expression.paired import lead_over
from spectralmaps.files import check_file
from spectralmaps.logs import log_to
from spectralmaps.metrics.table import tidy, write_metrics


def main(paths_to_scores: Sequence[Path], path_to_metrics: Path, dataset: str, ours: str) -> None:
    """Summarise each seed's scores over its genes and write all of them as one table.

    The variant ``ours`` is compared with every other gene by gene.
    """
    tables, by_gene = [], []
    for path in paths_to_scores:
        # .../{variant}/{split}/seeds-{seeds}.csv
        labels = {"variant": path.parts[-3], "split": path.parts[-2]}
        scores = pd.read_csv(check_file(path, "run the rule expression_evaluate"))
        by_gene.append(scores[scores["metric"] == "r2"].assign(**labels))
        for seed, rows in scores.groupby("seed"):
            tables.append(summarise(rows).assign(seed=seed, **labels))
    lead = lead_over(pd.concat(by_gene, ignore_index=True), ours).assign(unit="1")
    metrics = pd.concat([*tables, lead], ignore_index=True)
    write_metrics(path_to_metrics, tidy(metrics, module="expression", dataset=dataset))


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(
            paths_to_scores=[Path(path) for path in snakemake.input.scores],
            path_to_metrics=Path(snakemake.output.metrics),
            dataset=snakemake.wildcards.dataset,
            ours=snakemake.params.ours,
        )
