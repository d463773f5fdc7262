"""Encoded gene order and scalings: laws and inverses."""

import dataclasses
import json

import numpy as np
import pytest

from spectralmaps.errors import InputError
from spectralmaps.expression.encoding import CoordinateScaling, ValueScaling, encode_order

ORDER = np.array([0.0, 0.25, 1.0, -0.5])
COORDS = np.array([[-60.0, 10.0, 0.0], [20.0, -90.0, 30.0], [5.0, 70.0, 10.0]])
VALUES = np.array([[1.0, 4.0, 2.0], [3.0, 4.0, -2.0], [2.0, 4.0, 0.0]])


@pytest.mark.parametrize("n_frequencies", [0, 1, 4, 11])
def test_encoding_has_the_order_and_two_columns_an_octave(n_frequencies):
    encoded = encode_order(ORDER, n_frequencies)
    assert encoded.shape == (4, 1 + 2 * n_frequencies)
    np.testing.assert_array_equal(encoded[:, 0], ORDER)


def test_columns_are_sines_and_cosines_of_doubled_frequencies():
    encoded = encode_order(ORDER, 3)
    for k in range(3):
        np.testing.assert_allclose(encoded[:, 1 + 2 * k], np.sin(2**k * ORDER), rtol=0, atol=1e-15)
        np.testing.assert_allclose(encoded[:, 2 + 2 * k], np.cos(2**k * ORDER), rtol=0, atol=1e-15)


def test_each_octave_lies_on_the_circle_and_follows_from_the_one_before():
    encoded = encode_order(np.linspace(0, 1, 50), 11)
    sine, cosine = encoded[:, 1::2], encoded[:, 2::2]
    np.testing.assert_allclose(sine**2 + cosine**2, 1.0, rtol=0, atol=1e-13)
    doubled = 2 * sine[:, :-1] * cosine[:, :-1]
    np.testing.assert_allclose(sine[:, 1:], doubled, rtol=0, atol=1e-12)


def test_negative_number_of_octaves_is_refused():
    with pytest.raises(InputError, match="n_order_frequencies: expected at least 0, found -1"):
        encode_order(ORDER, -1)


def test_coordinates_fill_the_cube_by_one_range_for_all_axes():
    scaled = CoordinateScaling.of(COORDS).apply(COORDS)
    assert (scaled.min(), scaled.max()) == (-1.0, 1.0)
    distances = np.linalg.norm(COORDS - COORDS[:1], axis=1)
    ratio = np.linalg.norm(scaled - scaled[:1], axis=1)[1:] / distances[1:]
    np.testing.assert_allclose(ratio, 2 / 160, rtol=1e-12, atol=0)


def test_coordinate_range_survives_metadata_to_the_last_bit():
    scaling = CoordinateScaling.of(COORDS / 3)
    assert CoordinateScaling(**json.loads(json.dumps(dataclasses.asdict(scaling)))) == scaling


def test_places_without_a_range_are_refused():
    with pytest.raises(InputError, match=r"found all coordinates from 2.0 to 2.0 mm"):
        CoordinateScaling.of(np.full((3, 3), 2.0))


def test_values_fill_zero_to_one_for_each_gene_and_come_back():
    scaling = ValueScaling.of(VALUES)
    scaled = scaling.apply(VALUES)
    np.testing.assert_array_equal(scaled.min(axis=0), [0, 0, 0])
    np.testing.assert_array_equal(scaled.max(axis=0), [1, 0, 1])
    np.testing.assert_allclose(scaling.invert(scaled), VALUES, rtol=0, atol=1e-15)


def test_gene_with_one_value_keeps_it():
    scaling = ValueScaling.of(VALUES)
    np.testing.assert_array_equal(scaling.invert(np.zeros((2, 3)))[:, 1], [4.0, 4.0])
