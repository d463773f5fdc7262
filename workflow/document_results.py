"""Put the tables of metrics into the documents, so that every number there has a target.

usage: python workflow/document_results.py DOCUMENT...            (``make docs-results``)

A document holds ``<!-- table: PATH SPLIT... -->`` and ``<!-- end -->``; what stands between is
replaced by the table of ``results/PATH/metrics.tsv``. Tables that were not made are left alone.
"""

import re
import sys
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
MARK = re.compile(r"(<!-- table: (\S+) ?([^>]*?) ?-->\n)(.*?)(<!-- end -->)", re.DOTALL)
COLUMNS = {
    "r2_median": "R2",
    "r2_mean": "mean R2",
    "ours_ahead_share": "ours ahead, share of genes",
    "pearson_median": "r",
    "rmse_median": "RMSE",
    "coverage_90_median": "90 % interval covers",
    "truth_r2_median": "R2",
    "truth_pearson_median": "r",
}
HIC_COLUMNS = {
    "r": "r",
    "scc": "SCC",
    "boundary_f1": "boundary F1",
    "loop_auc": "loop AUC",
    "dot_recall": "dot recall",
    "dot_precision": "dot precision",
    "planted_boundary_f1": "F1, planted boundaries",
    "planted_loop_recall": "recall, planted loops",
    "mse": "squared error",
    "r_at_best_step": "r at its best step",
}


def spread(values: pd.Series) -> str:
    """Mean over seeds, with the lowest and the highest one where there are several."""
    if len(values) == 1:
        return f"{values.iloc[0]:.3f}"
    return f"{values.mean():.3f} ({values.min():.3f} to {values.max():.3f})"


def score_table(metrics: pd.DataFrame, split: str) -> str:
    """Variants of one split, the best first."""
    is_hic = (metrics["module"] == "hic").all()
    columns = HIC_COLUMNS if is_hic else COLUMNS
    rows = metrics[(metrics["split"] == split) & metrics["metric"].isin(columns)]
    wide = rows.pivot_table(
        index="variant", columns="metric", values="value", aggfunc=spread, sort=False
    )
    chosen = [name for name in columns if name in wide]
    first = rows[rows["metric"] == chosen[0]].groupby("variant")["value"].mean()
    wide = wide.loc[first.sort_values(ascending=False).index, chosen].fillna("")
    n_genes = metrics[(metrics["split"] == split) & (metrics["metric"] == "n_genes")]["value"]
    over = "" if is_hic else f"median over {n_genes.max():.0f} genes, "
    n_seeds = rows["seed"].nunique()
    head = f"Split `{split}`: {over}mean and range over {n_seeds} seed{'s' if n_seeds > 1 else ''}."
    table = wide.rename(columns=columns).rename_axis("variant").reset_index()
    return f"{head}\n\n{markdown(table)}"


def benchmark_table(metrics: pd.DataFrame) -> str:
    """All rows of a benchmark."""
    shown = metrics.assign(value=metrics["value"].map("{:.4g}".format))
    return markdown(shown[["variant", "name", "size", "metric", "value", "unit"]])


def markdown(table: pd.DataFrame) -> str:
    """Pipe table."""
    lines = [list(table.columns), ["---"] * table.shape[1], *table.astype(str).to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def filled(match: re.Match[str]) -> str:
    """A marked place with its table, or as it was if there is no table."""
    head, path, splits, _, end = match.groups()
    source = ROOT / "results" / path / "metrics.tsv"
    if not source.is_file():
        return match.group(0)
    metrics = pd.read_csv(source, sep="\t", dtype={"size": str}, keep_default_na=False)
    metrics["value"] = metrics["value"].astype(float)
    if "name" in metrics:
        return head + "\n" + benchmark_table(metrics) + "\n" + end
    tables = [score_table(metrics, split) for split in splits.split()]
    return head + "\n" + "\n".join(tables) + "\n" + end


if __name__ == "__main__":
    for name in sys.argv[1:]:
        document = ROOT / name
        document.write_text(MARK.sub(filled, document.read_text()))
