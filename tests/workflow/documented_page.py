"""Blocks of a documentation page, run in their order as a reader would run them.

=============  =================================================================================
fence          what is done with it
=============  =================================================================================
``sh``         run by bash, which stops at the first command that fails
``python``     run in one Python session, which lasts to the end of the page
``text``       what the block before it has printed; ``...`` stands for anything, and any white
               space for any other
``yaml``       saved in the file that the last line before it names, as in "`maps/config.yaml`:"
=============  =================================================================================

Another fence, or a ``yaml`` without a name, is a mistake of the page.
"""

import doctest
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"`([^`\n]+)`:\s*\Z")
OUTPUT_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
END = "end of the block"
# Runs the files that it is told, one a line, in one namespace.
SESSION = f"""
import sys
namespace = {{"__name__": "__main__"}}
for line in sys.stdin:
    with open(line.rstrip("\\n")) as stream:
        exec(compile(stream.read(), stream.name, "exec"), namespace)
    print("{END}", flush=True)
"""


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fence of a page.

    Attributes
    ----------
    page
        File of the page.
    line
        Line of the page on which the text starts, from 1.
    language
        Word behind the fence.
    text
        What stands between the fences.
    file
        Name of a file at the end of the text before the fence, or empty.
    """

    page: Path
    line: int
    language: str
    text: str
    file: str

    def error(self, reason: str) -> AssertionError:
        """A failure that names the place in the page."""
        return AssertionError(f"{self.page.name}:{self.line}: {self.language}: {reason}")


def blocks_of(page: Path, section: str = "") -> list[Block]:
    """Blocks of a page, or of the part below one of its headings of the second level.

    Parameters
    ----------
    page
        Markdown file.
    section
        Heading without its marks; empty for the whole page.
    """
    text = page.read_text(encoding="utf-8")
    start, stop = 0, len(text)
    if section:
        start = text.index(f"\n## {section}\n") + 1
        following = text.find("\n## ", start)
        stop = following if following >= 0 else stop
    blocks = []
    for match in FENCE.finditer(text, start, stop):
        name = FILE_NAME.search(text[: match.start()])
        blocks.append(
            Block(
                page=page,
                line=text.count("\n", 0, match.start(2)) + 1,
                language=match[1],
                text=match[2],
                file=name[1] if name else "",
            )
        )
    return blocks


class Session:
    """A Python session in a folder, as ``python`` would start it there.

    Parameters
    ----------
    folder
        Where it starts, so that modules are found there.
    environment
        Environment variables.
    scratch
        Folder for the text of blocks and for what is written to stderr.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], scratch: Path) -> None:
        self._scratch = scratch
        self._errors = scratch / "stderr.txt"
        with self._errors.open("w") as stream:
            self._process = subprocess.Popen(
                [sys.executable, "-c", SESSION],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
            )

    def __enter__(self) -> Self:
        """The session itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def run(self, block: Block) -> str:
        """What a block prints; it fails with what Python says, in lines of the page."""
        path = self._scratch / block.page.name
        path.write_text("\n" * (block.line - 1) + block.text, encoding="utf-8")
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        printed = []
        for line in self._process.stdout:
            before, found, _ = line.partition(END)
            printed.append(before)
            if found:
                return "".join(printed)
        self._process.wait()
        raise block.error(self._errors.read_text())


def run_blocks(
    blocks: list[Block], folder: Path, environment: Mapping[str, str], scratch: Path
) -> None:
    """Run blocks in a folder.

    Parameters
    ----------
    blocks
        In their order.
    folder
        Where commands run and files are saved.
    environment
        Environment variables of commands and of the Python session.
    scratch
        Empty folder for files that are not the page's.

    Raises
    ------
    AssertionError
        If there is no block, or one fails, prints something else than the page shows or cannot be
        run. The message starts with the name and the line of the page and has what was written to
        stderr.
    """
    assert blocks, "expected blocks, found none"
    printed = ""
    with Session(folder, environment, scratch) as session:
        for block in blocks:
            if block.language == "text":
                _check_output(block, printed)
            elif block.language == "python":
                printed = session.run(block)
            elif block.language == "sh":
                printed = _run_shell(block, folder, environment)
            elif block.language == "yaml" and block.file:
                path = folder / block.file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text, encoding="utf-8")
            else:
                raise block.error("expected sh, python, text, or yaml below the name of a file")


def _run_shell(block: Block, folder: Path, environment: Mapping[str, str]) -> str:
    process = subprocess.run(
        ["bash", "-eu", "-c", block.text],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        raise block.error(f"exit status {process.returncode}\n{process.stdout}{process.stderr}")
    return process.stdout


def _check_output(block: Block, printed: str) -> None:
    checker = doctest.OutputChecker()
    if not checker.check_output(block.text, printed, OUTPUT_FLAGS):
        example = doctest.Example("", block.text)
        raise block.error(checker.output_difference(example, printed, OUTPUT_FLAGS))
