from pathlib import Path

import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.expression.models import load_predictor
from spectralmaps.training.checkpoints import save_model


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_model(path, {"weight": torch.zeros(2)}, {"kind": "Foreign"})
    with pytest.raises(InputError, match="found kind 'Foreign'"):
        load_predictor(path)


def test_a_network_comes_back_with_its_genes(tmp_path: Path, make_samples, joint_config) -> None:
    from spectralmaps.expression.published import JointInr

    samples = make_samples(12)
    fitted = JointInr(joint_config).fit(samples, seed=0)
    fitted.save(tmp_path / "model.safetensors")
    loaded = load_predictor(tmp_path / "model.safetensors")
    assert loaded.genes == samples.genes
    assert (loaded.predict(samples.sites).mean == fitted.predict(samples.sites).mean).all()
