"""Small seeded sample sets for the tests of the module."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from spectralmaps.expression.bayes_linear import Design, Hyperparameters
from spectralmaps.expression.data import Samples, Sites
from spectralmaps.expression.published_settings import JointInrConfig, PerGeneInrConfig


@pytest.fixture
def make_sites() -> Callable[..., Sites]:
    """Places at given coordinates; classes that are not given are zero."""

    def make(coords_mm: np.ndarray, **classes: np.ndarray) -> Sites:
        n = len(coords_mm)
        named = {name: np.zeros(n, dtype=np.int64) for name in ("tissue", "structure", "region")}
        return Sites(
            coords_mm=np.asarray(coords_mm, dtype=np.float64),
            grey=np.ones(n),
            white=np.zeros(n),
            **{**named, **classes},
        )

    return make


@pytest.fixture
def make_samples(make_sites: Callable[..., Sites]) -> Callable[..., Samples]:
    """Samples at random places, with given values or smooth ones with noise."""

    def make(n: int, values: np.ndarray | None = None, n_genes: int = 3, seed: int = 0) -> Samples:
        rng = np.random.default_rng(seed)
        coords_mm = rng.uniform(-60.0, 60.0, size=(n, 3))
        classes = {
            "structure": rng.integers(1, 5, size=n),
            "tissue": rng.integers(-1, 2, size=n),
            "region": rng.integers(0, 6, size=n),
        }
        donors = np.array(["9861", "10021"])[rng.integers(0, 2, size=n)]
        if values is None:
            waves = np.sin(coords_mm @ rng.normal(size=(3, n_genes)) / 40.0)
            values = waves + 0.1 * rng.normal(size=(n, n_genes))
        return Samples(
            sites=make_sites(coords_mm, **classes),
            expression=values,
            genes=tuple(f"G{index}" for index in range(values.shape[1])),
            donors=donors,
            names=np.arange(n).astype(str),
        )

    return make


@pytest.fixture
def network_settings() -> dict[str, object]:
    """Settings of a network that trains in a fraction of a second."""
    return {
        "n_steps": 25,
        "learning_rate": 1e-3,
        "schedule": "constant",
        "schedule_factor": 0.9,
        "schedule_period": 1000,
        "warmup_steps": 0,
        "weight_decay": 0.0,
        "gradient_clip_norm": 0.0,
        "precision": "fp32",
        "weights": "final",
        "checkpoint_every": 10,
        "log_every": 10,
        "device": "cpu",
        "order": "pc1",
        "mirror": "none",
        "noise_share": 0.0,
        "batch_rows": 0,
        "n_ensemble": 1,
        "predict_rows": 1000,
        "backbone": "siren",
        "width": 32,
        "n_hidden_layers": 2,
        "omega_0": 10.0,
        "hidden_omega_0": 10.0,
        "envelope": 3.0,
        "n_input_frequencies": 2,
        "first_bias_scale": 1.0,
    }


@pytest.fixture
def joint_config(network_settings: dict[str, object]) -> JointInrConfig:
    """Settings of one small network for all genes."""
    return JointInrConfig(**network_settings, n_order_frequencies=4)


@pytest.fixture
def per_gene_config(network_settings: dict[str, object]) -> PerGeneInrConfig:
    """Settings of one small network a gene."""
    return PerGeneInrConfig(**network_settings, genes_at_once=2)


def tensor(*values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.fixture
def features(rng):
    return torch.as_tensor(rng.normal(size=(40, 6)))


@pytest.fixture
def design(features, rng):
    parts = [features[:, :2], features[:, 2:]]
    return Design(
        grams=torch.stack([part @ part.T for part in parts] + [torch.eye(40).double()]),
        structure=torch.as_tensor(rng.integers(0, 5, size=40)),
        donor=torch.as_tensor(rng.integers(0, 3, size=40)),
    )


@pytest.fixture
def prior():
    return Hyperparameters(
        shared=tensor(0.5, 0.2, 0.3),
        specific=tensor(0.1, 0.7, 0.2),
        amplitude=tensor(1.0, 0.6, 1.2, 0.9, 1.1),
        noise=tensor(1.0, 0.5, 2.0, 0.8, 1.5),
        donor=tensor(0.3)[0],
    )
