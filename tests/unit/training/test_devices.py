"""The device asked for is the device given, or an error."""

import pytest
import torch

from spectralmaps.errors import InputError
from spectralmaps.training.devices import choose_device


def test_cpu_is_cpu():
    assert choose_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize("available", [True, False])
def test_auto_takes_cuda_only_where_there_is_one(monkeypatch, available):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: available)
    assert choose_device("auto").type == ("cuda" if available else "cpu")


def test_missing_cuda_is_an_error_not_a_fallback(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InputError, match="no CUDA device; choose auto or cpu"):
        choose_device("cuda")


def test_unknown_name_is_named():
    with pytest.raises(InputError, match="expected one of auto, cpu, cuda, found 'gpu'"):
        choose_device("gpu")
