"""Logs of scripts: where messages go, how a job ends, how much a loop says."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from spectralmaps import logs
from spectralmaps.errors import InputError

SCRIPT = """
import sys
from spectralmaps.errors import InputError
from spectralmaps.logs import log_to

with log_to(sys.argv[1]):
    raise {error}
"""


def run_script(error: str, log: Path) -> subprocess.CompletedProcess:
    repository = Path(logs.__file__).parents[1]
    return subprocess.run(
        [sys.executable, "-c", SCRIPT.format(error=error), str(log)],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )


def test_input_error_ends_a_script_with_one_line_and_no_traceback(tmp_path: Path) -> None:
    log = tmp_path / "job.log"
    ended = run_script("InputError('table.csv: expected a column, found none; add it')", log)
    assert ended.returncode == 1
    assert ended.stderr == "error: table.csv: expected a column, found none; add it\n"
    assert ended.stdout == ""
    (line,) = log.read_text().splitlines()
    assert line.endswith("ERROR table.csv: expected a column, found none; add it")


def test_other_exception_ends_a_script_with_its_traceback_in_both(tmp_path: Path) -> None:
    log = tmp_path / "job.log"
    ended = run_script("ZeroDivisionError('a defect')", log)
    assert ended.returncode == 1
    for text in (ended.stderr, log.read_text()):
        assert "Traceback" in text
        assert "ZeroDivisionError: a defect" in text


def test_messages_go_to_the_file_while_the_block_runs(tmp_path: Path) -> None:
    log = tmp_path / "deep" / "job.log"
    child = logging.getLogger("spectralmaps.some.module")
    with logs.log_to(log):
        child.info("within µm")
    child.info("after")
    (line,) = log.read_text(encoding="utf-8").splitlines()
    assert line.endswith("spectralmaps.some.module INFO within µm")


def test_old_log_is_replaced(tmp_path: Path) -> None:
    log = tmp_path / "job.log"
    log.write_text("old\n")
    with logs.log_to(str(log)):
        logs.LOGGER.info("new")
    assert "old" not in log.read_text()


@pytest.mark.parametrize("error", [InputError, RuntimeError])
def test_handler_is_removed_after_an_exception(tmp_path: Path, error) -> None:
    before = list(logs.LOGGER.handlers)
    with pytest.raises((SystemExit, RuntimeError)), logs.log_to(tmp_path / "job.log"):
        raise error("message")
    assert logs.LOGGER.handlers == before


@pytest.mark.parametrize("n_items", [1000, 200, 47])
def test_long_loop_writes_about_twenty_lines(tmp_path: Path, n_items: int) -> None:
    log = tmp_path / "job.log"
    with logs.log_to(log):
        found = list(logs.progress(range(n_items), "train siren", n_items))
    assert found == list(range(n_items))
    lines = log.read_text().splitlines()
    assert 15 <= len(lines) <= 30
    assert all("train siren" in line for line in lines)
    assert f"{n_items}/{n_items}" in lines[-1]


def test_short_loop_writes_at_most_a_line_an_item_and_the_ends(tmp_path: Path) -> None:
    log = tmp_path / "job.log"
    with logs.log_to(log):
        list(logs.progress(iter("abc"), "read", 3))
    assert 2 <= len(log.read_text().splitlines()) <= 5


def test_loop_on_a_terminal_draws_a_bar_and_logs_nothing(tmp_path: Path, monkeypatch) -> None:
    class Terminal:
        def __init__(self) -> None:
            self.text = ""

        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> None:
            self.text += text

        def flush(self) -> None:
            pass

    terminal, log = Terminal(), tmp_path / "job.log"
    monkeypatch.setattr(sys, "stderr", terminal)
    with logs.log_to(log):
        list(logs.progress(range(5), "train siren", 5))
    assert "train siren" in terminal.text
    assert log.read_text() == ""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ENOSPC", "No space left on device; free some space and run the same command again"),
        ("EROFS", "Read-only file system; make the folder writable"),
    ],
)
def test_a_disk_that_takes_nothing_ends_a_script_with_one_line(
    code: str, words: str, tmp_path: Path
) -> None:
    raised = f"OSError(__import__('errno').{code}, __import__('os').strerror("
    raised += f"__import__('errno').{code}), 'results/table.csv')"
    ended = run_script(raised, tmp_path / "job.log")
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"error: results/table.csv: {words}")
    assert ended.stderr.count("\n") == 1


def test_another_error_of_the_file_system_keeps_its_traceback(tmp_path: Path) -> None:
    ended = run_script("FileNotFoundError(2, 'No such file', 'a.csv')", tmp_path / "job.log")
    assert ended.returncode == 1
    assert "Traceback" in ended.stderr
