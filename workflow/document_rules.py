"""Draw the rules of each module and what they hand on, as GitHub shows such graphs.

usage: python workflow/document_rules.py            (``make rulegraph``)
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs/rulegraph.md"
NODE = re.compile(r"^\s*(id\d+)\[(\w+)\]", re.MULTILINE)
EDGE = re.compile(r"^\s*(id\d+) --> (id\d+)", re.MULTILINE)
MODULES = ("expression", "hic")
HEAD = """# Rules and what they hand on

Made by `make rulegraph` from the default configuration; an arrow leads from a rule to one that
reads its files.
"""


def graph(module: str) -> str:
    """Rules of a module as a flow chart in the language of Mermaid, sorted by name."""
    command = [sys.executable, "-m", "snakemake", "--rulegraph", "mermaid-js", "--", module]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        sys.exit(f"error: {' '.join(command)}: {found.stderr.strip()}")
    names = dict(NODE.findall(found.stdout))
    edges = {
        f"  {names[source]} --> {names[target]}" for source, target in EDGE.findall(found.stdout)
    }
    return "\n".join(["flowchart TB", *sorted(edges)])


def text() -> str:
    """The document."""
    parts = [f"## {module}\n\n```mermaid\n{graph(module)}\n```\n" for module in MODULES]
    return "\n".join([HEAD, *parts])


if __name__ == "__main__":
    DOCUMENT.write_text(text())
