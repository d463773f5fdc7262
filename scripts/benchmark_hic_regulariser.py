"""Time that the spectral loss adds to a training step: paired steps on one thread."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from spectralmaps.hic.networks import NetworkConfig, build_network
from spectralmaps.hic.regulariser import SpectralGenomicRegularizer
from spectralmaps.logs import log_to
from spectralmaps.metrics.table import write_benchmark
from spectralmaps.spectral.full_plane import full_plane_loss

Row = dict[str, Any]
Loss = Callable[[Tensor], Tensor]

NETWORKS = {
    "hicplus": NetworkConfig(network="hicplus", width=8, n_blocks=1, n_channels=1),
    "residual": NetworkConfig(network="residual", width=64, n_blocks=5, n_channels=2),
}
WITHOUT = "none"


@contextmanager
def one_thread() -> Iterator[None]:
    """PyTorch on one thread, and as before afterwards."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(n_threads)


def losses(target: Tensor) -> dict[str, Loss]:
    """What is added to the mean squared error, by variant."""
    regulariser = SpectralGenomicRegularizer()
    cutoffs = (regulariser.bands.low_cutoff, regulariser.bands.high_cutoff)
    factors = (regulariser.lambda_low, regulariser.lambda_high)
    prepared = regulariser.prepare(target)
    return {
        WITHOUT: lambda prediction: prediction.new_zeros(()),
        "published": lambda prediction: regulariser(prediction, target),
        "published_prepared_target": lambda prediction: regulariser(prediction, prepared),
        "published_full_plane": lambda prediction: full_plane_loss(
            prediction, target, cutoffs, factors
        ),
    }


def step_seconds(name: str, size: int, batch: int, study: dict) -> dict[str, list[float]]:
    """CPU seconds of each training step of each variant; one round has a step of each."""
    generator = torch.Generator().manual_seed(study["seed"])
    inputs = torch.randn(batch, 2, size, size, generator=generator)
    target = torch.randn(batch, size, size, generator=generator)
    network = build_network(NETWORKS[name], study["seed"])
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)

    def step(loss: Loss) -> float:
        start = time.process_time()
        optimiser.zero_grad()
        prediction = network(inputs)
        ((prediction - target).square().mean() + loss(prediction)).backward()
        optimiser.step()
        return time.process_time() - start

    variants = losses(target)
    seconds: dict[str, list[float]] = {variant: [] for variant in variants}
    for number in range(study["n_warm_up"] + study["n_rounds"]):
        # Each round has another order, so no variant always comes after the same one.
        order = torch.randperm(len(variants), generator=generator).tolist()
        for index in order:
            variant = list(variants)[index]
            found = step(variants[variant])
            if number >= study["n_warm_up"]:
                seconds[variant].append(found)
    return seconds


def rows(name: str, size: int, batch: int, study: dict) -> list[Row]:
    """Overhead of each variant, percent of the step without it; its median and quartiles."""
    seconds = step_seconds(name, size, batch, study)
    where = {"name": f"{name}_{size}x{size}_batch_{batch}", "size": batch * size * size}
    step_ms = 1000 * statistics.median(seconds[WITHOUT])
    table: list[Row] = [
        {**where, "variant": WITHOUT, "metric": "step_ms", "value": step_ms, "unit": "ms"}
    ]
    for variant in seconds:
        if variant == WITHOUT:
            continue
        pairs = zip(seconds[variant], seconds[WITHOUT], strict=True)
        overheads = [100 * (with_loss / without - 1) for with_loss, without in pairs]
        lower, median, upper = statistics.quantiles(overheads, n=4)
        for metric, value in (
            ("overhead_pct", median),
            ("overhead_pct_lower_quartile", lower),
            ("overhead_pct_upper_quartile", upper),
        ):
            table.append(
                {**where, "variant": variant, "metric": metric, "value": value, "unit": "%"}
            )
    return table


def main(path_to_metrics: Path, study: dict) -> None:
    """Write the table of the benchmark.

    Parameters
    ----------
    path_to_metrics
        Table of the benchmark format; ``size`` is the number of pixels of a batch.
    study
        ``seed``, ``n_warm_up`` and ``n_rounds`` (of one step of each variant), and ``cases``: a
        list of ``network`` (``hicplus`` or ``residual``), ``size`` (bins of a side) and ``batch``.
    """
    with one_thread():
        table = [
            row
            for case in study["cases"]
            for row in rows(case["network"], case["size"], case["batch"], study)
        ]
    constants = {"module": "hic", "dataset": "synthetic_step", "split": "speed"}
    write_benchmark(path_to_metrics, pd.DataFrame(table).assign(**constants, seed=study["seed"]))


if __name__ == "__main__":
    with log_to(snakemake.log[0]):
        main(path_to_metrics=Path(snakemake.output.metrics), study=snakemake.params.study)
