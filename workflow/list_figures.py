"""List the figures of the manuscript: figure, rule, inputs and SHA-256 of the file.

usage: python workflow/list_figures.py TABLE [OPTION...]            (``make figures``)

TABLE is tab separated. Options are those of Snakemake, for example --configfile FILE. A figure that
is missing or older than its inputs is an error: a list of such files would prove nothing.
"""

import csv
import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("figures", "views")
ENDINGS = (".svg", ".png", ".html")
COLUMNS = ("figure", "rule", "inputs", "sha256")


def summary(options: list[str]) -> list[dict[str, str]]:
    """Snakemake's own summary of the target ``figures``: a row a file, with rule and inputs."""
    command = [sys.executable, "-m", "snakemake", "--detailed-summary", *options, "--", "figures"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        sys.exit(f"error: {' '.join(command)}: {found.stderr.strip()}")
    return list(csv.DictReader(found.stdout.splitlines(), delimiter="\t"))


def is_figure(path: Path) -> bool:
    """Whether a file is one that the report shows."""
    return path.parent.name in FOLDERS and path.suffix in ENDINGS


def main(path_to_table: Path, options: list[str]) -> None:
    """Write the list, sorted by figure."""
    rows = [row for row in summary(options) if is_figure(Path(row["output_file"]))]
    stale = [row["output_file"] for row in rows if row["plan"] != "no update"]
    if stale or not rows:
        what = stale[0] if stale else "a figure"
        sys.exit(
            f"error: {what}: expected it as its rule makes it, found it to be made; make figures"
        )
    path_to_table.parent.mkdir(parents=True, exist_ok=True)
    temporary = path_to_table.with_name(f".{path_to_table.name}.part")
    with temporary.open("w", newline="") as lines:
        table = csv.writer(lines, delimiter="\t", lineterminator="\n")
        table.writerow(COLUMNS)
        for row in sorted(rows, key=lambda row: row["output_file"]):
            digest = hashlib.sha256((ROOT / row["output_file"]).read_bytes()).hexdigest()
            table.writerow([row["output_file"], row["rule"], row["input-file(s)"], digest])
    temporary.replace(path_to_table)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2:])
