"""Spectra of contact maps: power of log O/E by frequency, and how much of it is signal.

Maps are cut into square tiles along the diagonal that overlap by half, each less its mean and
brought to zero at its borders by a Hann window; means are over tiles.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float
from torch import Tensor

from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.expected import expected_counts
from spectralmaps.hic.noise_weights import cutoffs_of_share
from spectralmaps.hic.score_maps import PSEUDOCOUNT, ScoredMap, scored_maps
from spectralmaps.hic.spectral_terms import N_RINGS, pearson_residual
from spectralmaps.hic.thinning import split_counts
from spectralmaps.hic.tiles import squares, tile_starts
from spectralmaps.spectral.bands import radial_power_spectrum
from spectralmaps.spectral.coherence import fourier_ring_correlation, signal_share

MIN_DIAGONAL = 2
"""First diagonal that counts; self-ligation and undigested ends fill those before."""


def spectrum_table(
    maps: Mapping[str, Sequence[ContactBand]], truths: Sequence[ContactBand], balanced: bool
) -> pd.DataFrame:
    """Radially averaged power of log(O/E + 0.1) of each map.

    Parameters
    ----------
    maps
        Maps by name, in the order of the truths.
    truths
        Maps of other reads, which decide with each map what pairs are valid.
    balanced
        Whether O/E is that of balanced contacts; otherwise of counts, coverage included.

    Returns
    -------
    Columns map, frequency (fraction of Nyquist, mean of a ring), period_bp and power (squared
    natural logarithm; that of white noise is its variance).

    Raises
    ------
    InputError
        If maps do not fit the truths (see ``scored_maps``).
    """
    tables = []
    for name, bands in maps.items():
        tiles = [
            _tiles(_log_ratio(scored_maps(band, truth, balanced)[0]))
            for band, truth in zip(bands, truths, strict=True)
        ]
        frequency, power = _mean_power(tiles)
        period_bp = 2 * bands[0].resolution_bp / frequency
        tables.append(
            pd.DataFrame(
                {"map": name, "frequency": frequency, "period_bp": period_bp, "power": power}
            )
        )
    return pd.concat(tables, ignore_index=True)


def agreement_table(maps: Sequence[ContactBand], rng: np.random.Generator) -> pd.DataFrame:
    """Correlation of two halves of the reads by frequency, and the share of signal it means.

    Parameters
    ----------
    maps
        Maps of raw counts.
    rng
        Source of the division of the reads.

    Returns
    -------
    Columns frequency (fraction of Nyquist), frc (Fourier ring correlation of the Pearson residuals
    of the halves), signal_share (of the whole map) and cutoff (the frequency where the share of
    signal first falls to a half, the same in all rows).

    Raises
    ------
    InputError
        If counts are not whole or a map has no contact between valid bins.
    """
    pairs = []
    for band in maps:
        expected = expected_counts(band) / 2
        pairs.append([_tiles(_residual(half, expected)) for half in split_counts(band.counts, rng)])
    n_rings = _n_rings([halves[0] for halves in pairs])
    found = [fourier_ring_correlation(first, second, n_rings) for first, second in pairs]
    frequency, frc = found[0][0], torch.cat([correlation for _, correlation in found]).mean(dim=0)
    share = signal_share(frc)
    return pd.DataFrame(
        {
            "frequency": frequency.numpy().astype(np.float64),
            "frc": frc.numpy(),
            "signal_share": share.numpy(),
            "cutoff": cutoffs_of_share(tuple(share.tolist()))[1],
        }
    )


def _mean_power(
    tiles: Sequence[Float[Tensor, "tile size size"]],
) -> tuple[Float[np.ndarray, " ring"], Float[np.ndarray, " ring"]]:
    n_rings = _n_rings(tiles)
    found = [radial_power_spectrum(batch, n_rings) for batch in tiles]
    power = torch.cat([power for _, power in found]).mean(dim=0)
    return found[0][0].numpy().astype(np.float64), power.numpy()


def _n_rings(tiles: Sequence[Float[Tensor, "tile size size"]]) -> int:
    return min(N_RINGS, *(batch.shape[-1] // 2 for batch in tiles))


def _log_ratio(scored: ScoredMap) -> Float[np.ndarray, "bin diagonal"]:
    """log(O/E + 0.1), that of O/E = 1 where it is not known or too near the diagonal."""
    values = np.nan_to_num(scored.log_ratio, nan=np.log1p(PSEUDOCOUNT))
    values[:, :MIN_DIAGONAL] = np.log1p(PSEUDOCOUNT)
    return values


def _residual(
    counts: Float[np.ndarray, "bin diagonal"], expected: Float[np.ndarray, "bin diagonal"]
) -> Float[np.ndarray, "bin diagonal"]:
    known = torch.from_numpy(np.nan_to_num(expected, nan=0.0))
    values = pearson_residual(torch.from_numpy(counts).double(), known).numpy()
    values[:, :MIN_DIAGONAL] = 0
    return values


def _tiles(values: Float[np.ndarray, "bin diagonal"]) -> Float[Tensor, "tile size size"]:
    """Tiles that do not reach beyond the band; the window keeps the variance of white noise."""
    size = min(values.shape)
    starts = tile_starts(len(values), size, max(1, size // 2))
    tiles = torch.from_numpy(squares(values.astype(np.float64), starts, size, fill=0.0))
    taper = torch.hann_window(size + 2, periodic=False, dtype=torch.float64)[1:-1]
    window = taper[:, None] * taper
    tiles = (tiles - tiles.mean(dim=(-2, -1), keepdim=True)) * window
    return tiles / window.square().mean().sqrt()
