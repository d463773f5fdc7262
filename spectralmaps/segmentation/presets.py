"""Sizes of networks by name: python -m spectralmaps.segmentation.presets prints their weights."""

from spectralmaps.segmentation.network import NetworkConfig, SpectralVMUNet, parameter_count

# Channels of the first stage, stages, blocks a stage, states of a channel.
SIZES = {
    "tiny": (16, 3, 1, 4),
    "small": (32, 3, 2, 8),
    "medium": (32, 4, 2, 16),
    "base": (64, 4, 2, 16),
}


def preset(name: str, in_channels: int, out_channels: int, branches: str) -> NetworkConfig:
    """Configuration of a size.

    Parameters
    ----------
    name
        ``tiny``, ``small``, ``medium`` or ``base``.
    in_channels, out_channels, branches
        See ``NetworkConfig``.

    Raises
    ------
    ValueError
        If there is no such size.
    """
    if name not in SIZES:
        raise ValueError(f"preset: expected one of {', '.join(SIZES)}, got {name!r}")
    base_channels, n_stages, depth, n_states = SIZES[name]
    return NetworkConfig(
        in_channels=in_channels,
        out_channels=out_channels,
        base_channels=base_channels,
        n_stages=n_stages,
        depth=depth,
        patch_size=2,
        branches=branches,
        n_states=n_states,
        expand=2.0,
        backend="auto",
        drop_path=0.1,
        recompute=False,
    )


def weights_table() -> str:
    """Number of weights of every preset, for one channel and three classes, tab separated."""
    rows = ["preset\tboth\tscan\tspectral"]
    for name in SIZES:
        counts = [
            parameter_count(SpectralVMUNet(preset(name, 1, 3, branches)))
            for branches in ("both", "scan", "spectral")
        ]
        rows.append("\t".join([name, *(f"{count:,}" for count in counts)]))
    return "\n".join(rows)


if __name__ == "__main__":
    print(weights_table())
