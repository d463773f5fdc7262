"""Over-fitting on purpose: an embedding network learns one shallow map, with or without a term.

There is neither a second map nor a half that is held back, so without a term on the spectrum the
network ends with the noise of its map. The more steps, the worse; that is the point.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from spectralmaps.errors import InputError
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.embedding_network import (
    EmbeddingConfig,
    EmbeddingNetwork,
    build_embedding_network,
)
from spectralmaps.hic.expected import expected_counts
from spectralmaps.hic.inputs import known_expected
from spectralmaps.hic.likelihoods import MISFITS, check_misfit
from spectralmaps.hic.patches import Patches
from spectralmaps.hic.spectral_terms import SpectralTermConfig, build_term, signal_shares
from spectralmaps.hic.thinning import check_counts
from spectralmaps.hic.tiles import into_band, square
from spectralmaps.training.devices import choose_device
from spectralmaps.training.loop import Entry, Step, Task, train
from spectralmaps.training.seeds import derived_seed, seeded_generator
from spectralmaps.training.settings import LoopConfig, build_optimiser

Scores = Callable[[Float[np.ndarray, "bin diagonal"]], dict[str, float]]
"""From observed over expected, as a band array, to named numbers."""

# The dense map of all pairs has to fit into memory, in every channel.
MAX_BINS = 1000


@dataclass(frozen=True, kw_only=True)
class OverfitConfig(LoopConfig):
    """Settings of one variant; see ``EmbeddingConfig`` and ``SpectralTermConfig`` for its fields.

    Attributes
    ----------
    misfit
        ``poisson`` or ``log1p_mse``.
    """

    embedding: int
    width: int
    n_blocks: int
    misfit: str
    spectral_term: str
    spectral_weight: float
    spectral_domain: str
    lambda_high: float
    lambda_low: float
    high_cutoff: float
    low_cutoff: float

    def __post_init__(self) -> None:
        """Check names and bounds."""
        super().__post_init__()
        check_misfit(self.misfit)
        _ = self.embedding_config, self.spectral_config

    @property
    def embedding_config(self) -> EmbeddingConfig:
        """Shape of the network."""
        return EmbeddingConfig(embedding=self.embedding, width=self.width, n_blocks=self.n_blocks)

    @property
    def spectral_config(self) -> SpectralTermConfig:
        """Term that acts on the spectrum."""
        names = [field.name for field in fields(SpectralTermConfig)]
        return SpectralTermConfig(**{name: getattr(self, name) for name in names})


def overfit(
    band: ContactBand, config: OverfitConfig, seed: int, scores: Scores
) -> tuple[Float[np.ndarray, "bin diagonal"], list[Entry]]:
    """Observed over expected after the last step, and what was logged on the way.

    Parameters
    ----------
    band
        A short map of raw counts, all of which are learnt.
    config
        Settings.
    seed
        Decides the weights and the halves from which the share of signal is measured.
    scores
        Called at every logged step.

    Returns
    -------
    Band array, NaN where nothing is expected; and one entry a logged step with ``step``, ``loss``,
    ``misfit``, ``spectral`` where there is a term, and the scores.

    Raises
    ------
    InputError
        If the map is longer than 1000 bins, its counts are not whole, it has no contact between
        valid bins, or the training diverges.
    """
    if band.n_bins > MAX_BINS:
        raise InputError(
            f"{band.chromosome}: expected at most {MAX_BINS} bins to learn by heart, found"
            f" {band.n_bins}; choose a shorter region"
        )
    check_counts(band.counts, band.chromosome)
    expected = known_expected(expected_counts(band))
    device = choose_device(config.device)
    map_of_pairs = _dense(band, expected)
    shares = signal_shares(map_of_pairs, 1, seeded_generator(seed, "signal share"))
    term = build_term(config.spectral_config, shares)
    target = map_of_pairs.to(device)
    misfit = MISFITS[config.misfit]

    def step(model: nn.Module, index: int, generator: torch.Generator) -> dict[str, Tensor]:
        predicted = model().float()
        error = misfit(predicted, target.counts, target.expected)
        spectral = term(predicted, target) if term else torch.zeros_like(error)
        return {
            "loss": error + spectral,
            "misfit": error.detach(),
            "spectral": spectral.detach(),
        }

    def ratio(model: nn.Module) -> Float[np.ndarray, "bin diagonal"]:
        tiles = model().exp().cpu().numpy()
        found = into_band(tiles, np.zeros(1, dtype=np.int64), band.n_bins, band.n_diagonals)
        return np.where(expected > 0, found, np.nan)

    model = build_embedding_network(
        config.embedding_config, band.n_bins, derived_seed(seed, "weights")
    )
    history = train(
        _task(model, config, step, lambda model: scores(ratio(model))), config, seed, None, []
    )
    with torch.no_grad():
        return ratio(model), history


def _task(
    model: EmbeddingNetwork,
    config: OverfitConfig,
    step: Step,
    evaluate: Callable[[nn.Module], dict[str, float]],
) -> Task:
    return Task(
        name=f"embedding {config.spectral_term}",
        model=model,
        optimiser=build_optimiser(model, config),
        step=step,
        evaluate=evaluate,
        identity=str(asdict(config)),
    )


def _dense(band: ContactBand, expected: Float[np.ndarray, "bin diagonal"]) -> Patches:
    """All pairs of the map as one patch on the diagonal."""
    known = np.where(expected > 0, band.counts, 0).astype(np.float32)
    tiles = (square(values, 0, band.n_bins, 0.0) for values in (known, expected))
    counts, of_distance = (torch.from_numpy(tile)[None] for tile in tiles)
    zero = torch.zeros(1, dtype=torch.long)
    return Patches(counts=counts, expected=of_distance, offset=zero, map_index=zero)
