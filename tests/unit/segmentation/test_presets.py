"""Presets grow, and a command tells their sizes."""

import subprocess
import sys

import pytest

from spectralmaps.segmentation.presets import SIZES, preset


def test_the_command_prints_the_weights_of_each_preset() -> None:
    command = [sys.executable, "-m", "spectralmaps.segmentation.presets"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    head, *rows = [line.split("\t") for line in printed.splitlines()]
    assert head == ["preset", "both", "scan", "spectral"]
    assert [row[0] for row in rows] == list(SIZES)
    both, scan, spectral = (
        [int(row[column].replace(",", "")) for row in rows] for column in (1, 2, 3)
    )
    assert both == sorted(both)
    assert all(b > max(s, f) for b, s, f in zip(both, scan, spectral, strict=True))


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(ValueError, match="expected one of tiny, small, medium, base, got 'huge'"):
        preset("huge", 1, 2, "both")
