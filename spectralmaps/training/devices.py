"""Choice of the device to compute on."""

import torch

from spectralmaps.errors import InputError

DEVICES = ("auto", "cpu", "cuda")


def choose_device(name: str) -> torch.device:
    """The device asked for.

    Parameters
    ----------
    name
        ``"auto"`` (CUDA where there is a device, else the CPU), ``"cpu"`` or ``"cuda"``.

    Raises
    ------
    InputError
        If the name is unknown, or CUDA is asked for and there is none.
    """
    if name not in DEVICES:
        raise InputError(f"device: expected one of {', '.join(DEVICES)}, found {name!r}")
    if name == "cuda" and not torch.cuda.is_available():
        raise InputError(
            f"device: cuda was asked for, but PyTorch {torch.__version__} finds no CUDA device;"
            " choose auto or cpu, or install a CUDA build"
        )
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)
