import pytest
import torch

from spectralmaps.segmentation.padding import filled_up


@pytest.mark.parametrize(
    ("size", "least", "filled"),
    [((5, 8), 1, (8, 8)), ((4, 4), 1, (4, 4)), ((3, 9), 2, (8, 12)), ((1, 1), 2, (8, 8))],
)
def test_sides_become_multiples_and_the_border_is_repeated(size, least, filled):
    image = torch.arange(float(size[0] * size[1])).reshape(1, 1, *size)
    found = filled_up(image, 4, least)
    assert found.shape == (1, 1, *filled)
    torch.testing.assert_close(found[..., : size[0], : size[1]], image, rtol=0, atol=0)
    corner = found[..., size[0] - 1 :, size[1] - 1 :]
    assert bool((corner == image[..., -1, -1]).all())
