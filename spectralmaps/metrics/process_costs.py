"""Time and memory of a step by itself: in a fresh process, where nothing before it counts."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

Result = TypeVar("Result")

KILOBYTES_PER_MB = 1024.0


def in_fresh_process(function: Callable[..., Result], *arguments: Any) -> Result:
    """What a function returns when a new process calls it.

    Parameters
    ----------
    function
        Function of a module.
    arguments
        Its arguments; they and the result are sent between processes.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def peak_mb() -> float:
    """Most memory that this process has held so far (resident set), MiB; Linux only.

    The peak that ``getrusage`` gives is at least that of the process which started this one.
    """
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(kilobytes) / KILOBYTES_PER_MB


def cpu_seconds(job: Callable[[], Result]) -> tuple[Result, float]:
    """Result of a call, and the processor's seconds over all threads of this process."""
    start = time.process_time()
    result = job()
    return result, time.process_time() - start
