import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Samples, Sites
from spectralmaps.expression.selection import choose_samples, samples_of_donor


@pytest.fixture
def samples() -> Samples:
    zeros = np.zeros(6, dtype=np.int64)
    sites = Sites(
        coords_mm=np.arange(18.0).reshape(6, 3),
        tissue=zeros,
        structure=zeros,
        region=zeros,
        grey=np.zeros(6),
        white=np.zeros(6),
    )
    return Samples(
        sites=sites,
        expression=np.arange(30.0).reshape(6, 5),
        genes=("E", "A", "C", "B", "D"),
        donors=np.array(["1", "1", "2", "2", "2", "3"]),
        names=np.array(list("abcdef")),
    )


def test_a_donor_keeps_its_own_samples(samples: Samples) -> None:
    assert samples_of_donor(samples, "2").names.tolist() == ["c", "d", "e"]
    assert samples_of_donor(samples, "all") is samples


def test_genes_are_spread_over_the_alphabet_with_their_values(samples: Samples) -> None:
    chosen = choose_samples(samples, "1", 3)
    assert chosen.genes == ("A", "C", "E")
    np.testing.assert_array_equal(chosen.expression, [[1.0, 2.0, 0.0], [6.0, 7.0, 5.0]])
    assert choose_samples(samples, "1", 0).genes == samples.genes


def test_unknown_donor_and_too_many_genes_are_errors(samples: Samples) -> None:
    with pytest.raises(InputError, match="expected one of 1, 2, 3 or all, found '9'"):
        samples_of_donor(samples, "9")
    with pytest.raises(InputError, match="at most the 5 genes"):
        choose_samples(samples, "1", 6)
