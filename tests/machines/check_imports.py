"""Import what scripts need and tell which modules do not come from this environment.

usage: python -I check_imports.py ROOT SCRIPT_OR_MODULE_FILE...

It runs in an environment of its own, with the standard library alone; ROOT holds the package.
"""

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path


def imported(path: Path) -> Iterator[str]:
    """Modules that a file imports at any depth."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def main(root: Path, files: list[Path]) -> int:
    """Import everything; print a line for each module that is missing or from elsewhere."""
    sys.path.insert(0, str(root))
    mistakes = []
    for file in files:
        for name in sorted(set(imported(file))):
            try:
                importlib.import_module(name)
            except ImportError as error:
                mistakes.append(f"{file.relative_to(root)}: {error}")
    prefix = Path(sys.prefix).resolve()
    for name, module in sorted(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if path and not any(Path(path).resolve().is_relative_to(home) for home in (prefix, root)):
            mistakes.append(f"{name}: expected a module of {prefix}, found {path}")
    print("\n".join(mistakes))
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), [Path(name).resolve() for name in sys.argv[2:]]))
