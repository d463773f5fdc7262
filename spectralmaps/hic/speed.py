"""Cost of cleaning a whole chromosome: seconds of each part, and memory."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch

from spectralmaps.hic.balancing import BalancingConfig
from spectralmaps.hic.cleaned_maps import cleaned_band, write_cleaned_cool
from spectralmaps.hic.data import read_band
from spectralmaps.hic.predictors import load_predictor
from spectralmaps.hic.provenance import provenance
from spectralmaps.metrics.process_costs import cpu_seconds, in_fresh_process, peak_mb


@dataclass(frozen=True, kw_only=True)
class CleaningJob:
    """What is cleaned: names only, so that a fresh process can do it.

    Attributes
    ----------
    model
        File of a fitted predictor.
    cool
        Cooler of raw counts.
    chromosome
        Its chromosome that is cleaned.
    max_distance_bp
        Largest distance that is cleaned, base pairs.
    balancing
        How the chromosome is balanced.
    """

    model: Path
    cool: Path
    chromosome: str
    max_distance_bp: int
    balancing: BalancingConfig


@dataclass(frozen=True, kw_only=True)
class CleaningCost:
    """Processor seconds on one thread, and the most memory that the process held, MiB."""

    read_s: float
    clean_s: float
    write_s: float
    start_mb: float
    peak_mb: float


def cleaning_cost(job: CleaningJob) -> CleaningCost:
    """Cost of one chromosome from cooler to cooler in a fresh process.

    Returns
    -------
    Seconds to read and balance, to clean, and to write; memory before and in all.
    """
    return in_fresh_process(_measure, job)


def _measure(job: CleaningJob) -> CleaningCost:
    """Read, clean and write; this process does nothing else."""
    torch.set_num_threads(1)
    predictor = load_predictor(job.model)
    start_mb = peak_mb()
    source = str(job.cool)
    band, read_s = cpu_seconds(
        lambda: read_band(source, job.chromosome, job.max_distance_bp, job.balancing)
    )
    cleaned, clean_s = cpu_seconds(lambda: cleaned_band(predictor, band))
    with tempfile.TemporaryDirectory() as folder:
        path, origin = Path(folder) / "cleaned.cool", provenance(source, "benchmark", 0, {})
        _, write_s = cpu_seconds(
            lambda: write_cleaned_cool(path, [band], [cleaned], job.cool, origin)
        )
    return CleaningCost(
        read_s=read_s, clean_s=clean_s, write_s=write_s, start_mb=start_mb, peak_mb=peak_mb()
    )
