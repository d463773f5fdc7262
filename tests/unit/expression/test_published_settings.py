"""Settings are checked as a whole when they are built."""

import dataclasses

import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.inr import BackboneConfig
from spectralmaps.expression.published_settings import JointInrConfig, PerGeneInrConfig
from spectralmaps.training.settings import LoopConfig


def test_every_number_of_the_network_reaches_the_backbone(joint_config):
    backbone = joint_config.backbone_config(27)
    assert (backbone.n_inputs, backbone.n_outputs, backbone.name) == (27, 1, joint_config.backbone)
    for field in dataclasses.fields(BackboneConfig):
        if field.name not in ("name", "n_inputs", "n_outputs"):
            assert getattr(backbone, field.name) == getattr(joint_config, field.name)


@pytest.mark.parametrize("config_class", [JointInrConfig, PerGeneInrConfig])
def test_settings_have_no_defaults_and_hold_those_of_the_loop(config_class):
    fields = dataclasses.fields(config_class)
    missing = dataclasses.MISSING
    assert all(field.default is missing and field.default_factory is missing for field in fields)
    loop = {field.name for field in dataclasses.fields(LoopConfig)}
    assert loop < {field.name for field in fields}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"order": "none"}, "order: a joint network needs se or pc1, found 'none'"),
        ({"order": "pca"}, "order: expected one of se, pc1, none, found 'pca'"),
        ({"noise_share": 1.5}, "noise_share: expected 0 to 1, found 1.5"),
        ({"batch_rows": -1}, "batch_rows: expected at least 0, found -1"),
        ({"n_ensemble": 0}, "n_ensemble: expected at least 1, found 0"),
        ({"predict_rows": 0}, "predict_rows: expected at least 1, found 0"),
        ({"n_order_frequencies": -1}, "n_order_frequencies: expected at least 0, found -1"),
        ({"mirror": "both"}, "mirror: expected one of none, augment, fold, found 'both'"),
        ({"backbone": "mfn"}, "backbone: expected one of"),
        ({"learning_rate": 0.0}, "learning_rate: expected more than 0"),
    ],
)
def test_bad_value_is_refused_with_its_key(joint_config, change, message):
    with pytest.raises(InputError, match=message):
        dataclasses.replace(joint_config, **change)


def test_networks_without_genes_are_refused(per_gene_config):
    with pytest.raises(InputError, match="genes_at_once: expected at least 1, found 0"):
        dataclasses.replace(per_gene_config, genes_at_once=0)
