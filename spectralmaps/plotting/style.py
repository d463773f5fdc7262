"""The one style of all figures; saving them so that the same data give the same bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import matplotlib
from matplotlib.figure import Figure

from spectralmaps.errors import InputError
from spectralmaps.files import atomic_path, check_file

# Each format names its date differently; None leaves it out of the file.
UNDATED: dict[str, dict[str, None]] = {
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
    ".png": {},
}

POSITION_DIGITS = 9
"""Of a position as a fraction of the figure: a millionth of a pixel."""


@dataclass(frozen=True, kw_only=True)
class FigurePaths:
    """Style that a figure is drawn in, and where the figure and its table go."""

    style: Path
    figure: Path
    table: Path

    @classmethod
    def of(cls, style: str, figure: str, table: str) -> Self:
        """The same from names, as a rule gives them."""
        return cls(style=Path(style), figure=Path(figure), table=Path(table))


@contextmanager
def use_style(path: Path) -> Iterator[None]:
    """Matplotlib set up by one style file, for scripts; settings of the user's own are put aside.

    Make and save the figure inside the block.

    Parameters
    ----------
    path
        Style file in the format of ``matplotlibrc``.

    Raises
    ------
    InputError
        If there is no such file.
    """
    check_file(path, "name the style file, config/matplotlibrc")
    with matplotlib.rc_context(fname=path):
        yield


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure without a date; the file is whole or absent.

    Parameters
    ----------
    figure
        Figure to write.
    path
        File with the suffix ``.svg``, ``.pdf`` or ``.png``; it is replaced.

    Raises
    ------
    InputError
        If the suffix is none of these.
    """
    suffix = Path(path).suffix
    if suffix not in UNDATED:
        raise InputError(
            f"{path}: expected a figure file ending in {', '.join(UNDATED)}, found {suffix!r};"
            " change the name"
        )
    settle_layout(figure)
    with atomic_path(path) as temporary:
        figure.savefig(temporary, metadata=UNDATED[suffix])


def settle_layout(figure: Figure) -> None:
    """Place the axes once and for all, at rounded positions.

    Matplotlib's solver of layouts gives the same positions but for the last digit or two, because
    it goes through sets of objects; names of clip paths in SVG are made of these digits.

    Parameters
    ----------
    figure
        Figure with or without a layout engine; afterwards it has none.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        left, bottom, width, height = (
            round(float(bound), POSITION_DIGITS)
            for bound in axes.get_position(original=True).bounds
        )
        axes.set_position((left, bottom, width, height))


def counted(count: int, noun: str) -> str:
    """A number with its noun in singular or plural, for titles.

    Examples
    --------
    >>> counted(1, "seed"), counted(3, "seed")
    ('1 seed', '3 seeds')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
