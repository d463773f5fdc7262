"""A variant's configuration becomes its predictor, and mistakes in it are named."""

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.baselines import InverseDistance, Mean
from spectralmaps.expression.calibration import Calibrated
from spectralmaps.expression.predictors import KINDS, build_predictor
from spectralmaps.expression.tuning import Tuned

NEIGHBOURS = {"kind": "inverse_distance", "n_neighbours": 5, "power": 1.0, "mirror": "augment"}
SPLIT = {"kind": "random", "n_folds": 3, "n_blocks": 3}


def test_a_kind_is_built_with_its_fields() -> None:
    built = build_predictor(NEIGHBOURS)
    assert isinstance(built, InverseDistance)
    assert built.config.n_neighbours == 5
    assert isinstance(build_predictor({"kind": "mean"}), Mean)


def test_lists_of_the_file_become_tuples() -> None:
    forest = {"kind": "extra_trees", "n_trees": 2, "min_samples_leaf": 1, "max_features": 1.0}
    built = build_predictor({**forest, "covariates": ["tissue", "region"]})
    assert built.config.covariates == ("tissue", "region")


def test_tuning_chooses_fields_that_the_variant_leaves_open(make_samples) -> None:
    config = {"kind": "inverse_distance", "power": 1.0, "mirror": "none"}
    built = build_predictor({**config, "tune": {"grid": {"n_neighbours": [1, 8]}, "split": SPLIT}})
    assert isinstance(built, Tuned)
    samples = make_samples(40)
    built.fit(samples, seed=0)
    plain = build_predictor({**config, **built.choice}).fit(samples, seed=0)
    sites = make_samples(5, seed=1).sites
    np.testing.assert_array_equal(built.predict(sites).mean, plain.predict(sites).mean)


@pytest.mark.parametrize("tune", [{}, {"tune": {"grid": {"power": [0.0, 1.0]}, "split": SPLIT}}])
def test_calibration_adds_a_standard_deviation(tune, make_samples) -> None:
    built = build_predictor({**NEIGHBOURS, **tune, "calibrate": {"split": SPLIT}})
    assert isinstance(built, Tuned if tune else Calibrated)
    found = built.fit(make_samples(40), seed=0).predict(make_samples(5, seed=1).sites)
    assert (found.std > 0).all()


def test_mistakes_are_named() -> None:
    with pytest.raises(InputError, match=r"kind: expected one of mean, .*found 'kriging'"):
        build_predictor({"kind": "kriging"})
    with pytest.raises(InputError, match=r"kind: expected one of mean, .*found None"):
        build_predictor({})
    fields = {name: value for name, value in NEIGHBOURS.items() if name != "power"}
    with pytest.raises(InputError, match="missing power, not known pwoer"):
        build_predictor({**fields, "pwoer": 1.0})
    with pytest.raises(InputError, match=r"tune: expected the fields grid, split; missing split"):
        build_predictor({**NEIGHBOURS, "tune": {"grid": {"power": [1.0]}}})
    with pytest.raises(InputError, match=r"calibrate\.split: .* missing n_folds"):
        build_predictor({**NEIGHBOURS, "calibrate": {"split": {"kind": "random", "n_blocks": 2}}})


@pytest.mark.parametrize("kind", ["joint", "per_gene"])
def test_a_network_is_told_where_its_checkpoints_are(kind, request, tmp_path) -> None:
    config = dataclasses.asdict(request.getfixturevalue(f"{kind}_config"))
    built = build_predictor({"kind": f"{kind}_inr", **config}, checkpoint_dir=tmp_path)
    assert built.checkpoint_dir == tmp_path
    assert build_predictor({"kind": f"{kind}_inr", **config}).checkpoint_dir is None


def test_baselines_do_not_load_torch() -> None:
    built = ", ".join(repr(kind) for kind, (file, _) in KINDS.items() if file == "baselines")
    code = (
        "import sys; from importlib import import_module;"
        "from spectralmaps.expression.predictors import KINDS;"
        f"[import_module('spectralmaps.expression.' + KINDS[kind][0]) for kind in ({built},)];"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
