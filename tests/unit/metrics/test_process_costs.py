import os

import numpy as np
import pytest

from spectralmaps.metrics.process_costs import cpu_seconds, in_fresh_process, peak_mb


def _peaks(n_mb: int) -> tuple[int, float, float]:
    before = peak_mb()
    held = np.ones(n_mb * 2**17)
    return os.getpid(), before, peak_mb() + 0 * held[0]


def _fails() -> None:
    raise ValueError("no such map")


def test_a_fresh_process_holds_what_its_function_takes() -> None:
    _large = np.ones(200 * 2**17)
    process, before, after = in_fresh_process(_peaks, 80)
    assert process != os.getpid()
    assert before < 200
    assert 70 < after - before < 100


def test_an_error_comes_back_from_the_other_process() -> None:
    with pytest.raises(ValueError, match="no such map"):
        in_fresh_process(_fails)


def test_the_result_comes_with_its_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([2.0, 5.5])
    monkeypatch.setattr("time.process_time", lambda: next(ticks))
    assert cpu_seconds(lambda: "done") == ("done", 3.5)
