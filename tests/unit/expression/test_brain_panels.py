from pathlib import Path

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from spectralmaps.expression.brain_panels import (
    MapColumn,
    draw_slice_row,
    draw_tour,
    row_table,
)
from spectralmaps.expression.slices import cut
from spectralmaps.plotting.panels import ColorScale

SCALE = ColorScale(low=0.0, high=1.0, map_name="viridis", label="expression")


@pytest.fixture
def image() -> nib.Nifti1Image:
    volume = np.linspace(0.1, 1.0, 6**3).reshape(6, 6, 6)
    volume[0] = np.nan
    return nib.Nifti1Image(volume, np.diag([10.0, 10.0, 10.0, 1.0]))


def test_row_table_counts_voxels_with_a_value(image: nib.Nifti1Image) -> None:
    table = row_table("ANK3", {MapColumn("ours", Path("maps"), "inr"): image}, SCALE)
    assert table["n_voxels"].item() == 180
    assert table["median"].item() == pytest.approx(np.nanmedian(np.asarray(image.dataobj)))
    assert table["upper_limit"].item() == 1.0


def test_slice_row_cuts_where_the_background_is_cut(image: nib.Nifti1Image) -> None:
    figure = Figure()
    row = list(figure.subplots(1, 2))
    backgrounds = [cut(image, "axial", position) for position in (10.0, 30.0)]
    sites = np.array([[20.0, 20.0, 31.0]])
    draw_slice_row(row, image, backgrounds, sites, SCALE)
    assert [axes.get_title() for axes in row] == ["z = 10 mm", "z = 30 mm"]
    assert [len(axes.collections[0].get_offsets()) for axes in row] == [0, 1]
    assert {axes.images[1].get_clim() for axes in row} == {(0.0, 1.0)}


def test_tour_shows_a_dozen_genes_from_the_first_to_the_last(image: nib.Nifti1Image) -> None:
    order = pd.Series(np.linspace(0, 1, 30), index=[f"G{number}" for number in range(30)])
    planes = [cut(image, "axial", 20.0)] * 30
    figure = Figure(figsize=(9, 6))
    draw_tour(figure, planes, order, np.linspace(0.5, 1.0, 29), SCALE)
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert len(titles) == 12
    assert (titles[0], titles[-1]) == ("G0\n0.00", "G29\n1.00")
    assert len(figure.axes[-1].lines[0].get_xdata()) == 29
