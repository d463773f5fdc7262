"""Classes of places by name."""

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression import classes


def test_classes_come_in_the_order_named(make_samples) -> None:
    sites = make_samples(12).sites
    region, tissue = classes.classes_of(sites, ("region", "tissue"))
    np.testing.assert_array_equal(region, sites.region)
    np.testing.assert_array_equal(tissue, sites.tissue)


def test_only_names_of_classes_are_known() -> None:
    classes.check_covariates(("tissue", "structure", "region"))
    with pytest.raises(InputError, match="tissue, structure, region, found slab, grey"):
        classes.check_covariates(("tissue", "slab", "grey"))
