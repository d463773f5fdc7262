"""What jobs asked for and what they took, from the benchmark files of complete runs.

usage: python workflow/document_resources.py FOLDER...            (``make docs-resources``)

FOLDER is ``results/benchmarks`` of a run; the greatest of all of them counts. The table goes into
docs/machines.md. The program fails if a job took more than its rule asks for at first.
"""

import re
import sys
from pathlib import Path

import pandas as pd
from document_results import ROOT, markdown

DOCUMENT = "docs/machines.md"
MARK = re.compile(r"(<!-- resources -->\n)(.*?)(<!-- end -->)", re.DOTALL)
RULE = re.compile(r"^rule (\w+):\n((?:    .*\n|\n)+)", re.MULTILINE)
SAME = re.compile(r"^use rule (\w+) as (\w+) with:", re.MULTILINE)
AMOUNT = re.compile(r"^        (mem_mb|runtime)=grows\((\d+)\)", re.MULTILINE)


def asked() -> pd.DataFrame:
    """Memory (MiB) and time (minutes) of the first attempt of each rule."""
    text = "".join(file.read_text() for file in (ROOT / "workflow/rules").glob("*.smk"))
    rows = {name: dict(AMOUNT.findall(body)) for name, body in RULE.findall(text)}
    rows |= {name: rows[parent] for parent, name in SAME.findall(text)}
    rows = {name: row for name, row in rows.items() if row}
    return pd.DataFrame.from_dict(rows, orient="index").astype(int)


def taken(folders: list[Path]) -> pd.DataFrame:
    """Number of jobs of each rule, greatest resident memory (MiB) and longest time (s)."""
    rows = [
        pd.read_csv(path, sep="\t", usecols=["s", "max_rss"], na_values="-").assign(
            rule=folder.name
        )
        for parent in folders
        for folder in sorted(parent.iterdir())
        for path in sorted(folder.glob("*.tsv"))
        if path.name != "metrics.tsv"
    ]
    if not rows:
        sys.exit(f"error: {', '.join(map(str, folders))}: expected benchmark files, found none")
    groups = pd.concat(rows).groupby("rule")
    return groups.agg(jobs=("s", "size"), seconds=("s", "max"), mib=("max_rss", "max"))


def main(folders: list[Path]) -> None:
    """Write the table, then tell of rules that ask for too little."""
    table = taken(folders).join(asked(), how="inner")
    shown = pd.DataFrame(
        {
            "rule": table.index,
            "jobs": table["jobs"],
            "longest (s)": table["seconds"].map("{:.0f}".format),
            "asks for (min)": table["runtime"],
            "greatest (MiB)": table["mib"].map("{:.0f}".format),
            "asks for (MiB)": table["mem_mb"],
        }
    )
    document = ROOT / DOCUMENT
    text = markdown(shown)
    document.write_text(MARK.sub(lambda m: f"{m[1]}\n{text}\n{m[3]}", document.read_text()))
    short = table[(table["mib"] > table["mem_mb"]) | (table["seconds"] > 60 * table["runtime"])]
    if len(short):
        sys.exit(f"error: {', '.join(short.index)}: took more than the rule asks for")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
