"""The style file, and figures whose bytes depend on the data alone."""

import logging
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib
import pytest
from matplotlib.figure import Figure

from spectralmaps.errors import InputError
from spectralmaps.plotting.style import counted, save_figure, use_style

STYLE = Path(__file__).parents[3] / "config" / "matplotlibrc"


def make_figure(title: str = "a title") -> Figure:
    figure = Figure()
    axes = figure.subplots()
    axes.plot([0, 1, 4], marker="o")
    axes.fill_between([0, 1], [0, 1], hatch="/")
    axes.set_title(title)
    return figure


def test_style_file_is_understood(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), use_style(STYLE):
        assert matplotlib.rcParams["svg.fonttype"] == "none"
        assert matplotlib.rcParams["svg.hashsalt"] == "spectralmaps"
        assert matplotlib.rcParams["figure.constrained_layout.use"]
        assert 100 <= matplotlib.rcParams["savefig.dpi"] <= 150
    assert not caplog.records


def test_settings_of_the_user_are_put_aside_and_come_back() -> None:
    with matplotlib.rc_context({"lines.linewidth": 7.5, "grid.linewidth": 3.5}):
        with use_style(STYLE):
            assert matplotlib.rcParams["lines.linewidth"] == 1.5
            # Not named in the file: back to the default of Matplotlib.
            assert matplotlib.rcParams["grid.linewidth"] == 0.8
        assert matplotlib.rcParams["lines.linewidth"] == 7.5
        assert matplotlib.rcParams["grid.linewidth"] == 3.5


def test_missing_style_file_raises(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected a file, found none"), use_style(tmp_path / "rc"):
        pass


@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".png"])
def test_same_figure_has_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    for name in ("one", "two"):
        with use_style(STYLE):
            save_figure(make_figure(), tmp_path / f"{name}{suffix}")
    first, second = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("one", "two"))
    assert first == second
    with use_style(STYLE):
        save_figure(make_figure("another"), tmp_path / f"two{suffix}")
    assert (tmp_path / f"two{suffix}").read_bytes() != first


def test_text_of_a_drawing_is_text_and_it_has_no_date(tmp_path: Path) -> None:
    with use_style(STYLE):
        save_figure(make_figure("searchable words"), tmp_path / "figure.svg")
    root = ET.parse(tmp_path / "figure.svg").getroot()
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "searchable words" in texts
    assert not list(root.iter("{http://purl.org/dc/elements/1.1/}date"))


def test_figure_is_written_whole_into_a_new_folder(tmp_path: Path) -> None:
    with use_style(STYLE):
        save_figure(make_figure(), tmp_path / "new" / "figure.svg")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["figure.svg"]


def test_figure_that_cannot_be_drawn_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "figure.svg"
    path.write_text("old")
    with use_style(STYLE), pytest.raises(ValueError, match="Unknown symbol"):
        save_figure(make_figure(r"$\unknown{$"), path)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["figure.svg"]


@pytest.mark.parametrize("name", ["figure", "figure.gif", "figure.SVG"])
def test_other_suffix_raises(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"expected a figure file ending in \.svg, \.pdf, \.png"):
        save_figure(make_figure(), tmp_path / name)


def test_a_noun_follows_its_number() -> None:
    found = [counted(number, "seed") for number in (0, 1, 2)]
    assert found == ["0 seeds", "1 seed", "2 seeds"]
