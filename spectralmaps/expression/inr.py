"""Implicit neural representations: networks from a place to values, with the published activations.

Glossary
--------
==================  ============================================================================
name                meaning (symbol in the paper)
==================  ============================================================================
``siren``           sin(omega z) [1]_, with the initialisation of its theorem 1.8
``wire``            cos(omega z) exp(-(s z)^2), the real Gabor wavelet [2]_
``gauss``           exp(-(s z)^2) [3]_; s = 1 / (sqrt(2) sigma)
``relu``            max(z, 0) on inputs with positional encoding [4]_
``finer``           sin(omega (|z| + 1) z) [5]_
``z``               W x + b of a layer
``omega_0``         omega of the first layer
``hidden_omega_0``  omega of all further layers
``envelope``        s of ``wire`` and ``gauss`` (s_0)
``n_hidden_layers`` width x width layers after the first one, as the published code counts: a
                    network has n_hidden_layers + 1 activations and one linear output layer
==================  ============================================================================

Deliberate differences from the papers' code:

- Every backbone returns one tensor, not a pair with its input.
- ``wire`` is real. The paper's wavelet is complex, exp(i omega z) exp(-|s z|^2), and its output's
  real part is used; for real z the real part of the wavelet is what stands here. All weights stay
  real, so precision, checkpoints and batched networks are the same for all backbones.
- ``finer`` differentiates through |z| + 1, which the authors' code treats as a constant.
- ``relu`` keeps the inputs beside their encoding, columns x, sin(2^k pi x), cos(2^k pi x).
- The scale of ``finer``'s first biases (k in the paper) is ``first_bias_scale``.
- Weights come from a generator given by the caller, not from the global one.

References
----------
.. [1] Sitzmann, Martel, Bergman, Lindell and Wetzstein (2020), Implicit neural representations
   with periodic activation functions, NeurIPS. arXiv:2006.09661
.. [2] Saragadam, LeJeune, Tan, Balakrishnan, Veeraraghavan and Baraniuk (2023), WIRE: wavelet
   implicit neural representations, CVPR. arXiv:2301.05187
.. [3] Ramasinghe and Lucey (2022), Beyond periodicity: towards a unifying framework for
   activations in coordinate-MLPs, ECCV. arXiv:2111.15135
.. [4] Mildenhall, Srinivasan, Tancik, Barron, Ramamoorthi and Ng (2020), NeRF: representing
   scenes as neural radiance fields for view synthesis, ECCV, equation 4. arXiv:2003.08934
.. [5] Liu, Zhu, Zhang, Fu, Deng, Ma, Guo and Cao (2024), FINER: flexible spectral-bias tuning in
   implicit neural representation by variable-periodic activation functions, CVPR.
   arXiv:2312.02434
"""

import copy
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from spectralmaps.errors import InputError

Activation = Callable[[Tensor, float, float], Tensor]

ACTIVATIONS: dict[str, Activation] = {
    "siren": lambda z, omega, s: torch.sin(omega * z),
    "wire": lambda z, omega, s: torch.cos(omega * z) * torch.exp(-(s * z).square()),
    "gauss": lambda z, omega, s: torch.exp(-(s * z).square()),
    "relu": lambda z, omega, s: torch.relu(z),
    "finer": lambda z, omega, s: torch.sin(omega * (z.abs() + 1) * z),
}
PERIODIC = ("siren", "finer")


@dataclass(frozen=True, kw_only=True)
class BackboneConfig:
    """Form of one network.

    Attributes
    ----------
    name
        ``siren``, ``wire``, ``gauss``, ``relu`` or ``finer``.
    n_inputs, n_outputs
        Columns in and out.
    width
        Units of each layer.
    n_hidden_layers
        Width x width layers after the first one.
    omega_0, hidden_omega_0
        Angular frequency of the first and of all further layers (``siren``, ``wire``, ``finer``).
    envelope
        Inverse width of the bell (``wire``, ``gauss``).
    n_input_frequencies
        Octaves of the positional encoding of the inputs (``relu``); 0 for none.
    first_bias_scale
        Bound of the uniform biases of the first layer (``finer``).
    """

    name: str
    n_inputs: int
    n_outputs: int
    width: int
    n_hidden_layers: int
    omega_0: float
    hidden_omega_0: float
    envelope: float
    n_input_frequencies: int
    first_bias_scale: float

    def __post_init__(self) -> None:
        """Check the name and the bounds.

        Raises
        ------
        InputError
            Names the key, the bound and the value.
        """
        if self.name not in ACTIVATIONS:
            raise InputError(
                f"backbone: expected one of {', '.join(ACTIVATIONS)}, found {self.name!r}"
            )
        positive = ("n_inputs", "n_outputs", "width", "omega_0", "hidden_omega_0", "envelope")
        for key in positive:
            if getattr(self, key) <= 0:
                raise InputError(f"{key}: expected more than 0, found {getattr(self, key)}")
        for key in ("n_hidden_layers", "n_input_frequencies", "first_bias_scale"):
            if getattr(self, key) < 0:
                raise InputError(f"{key}: expected at least 0, found {getattr(self, key)}")


def encode_inputs(
    x: Float[Tensor, "*batch column"], n_frequencies: int
) -> Float[Tensor, "*batch encoded"]:
    """Columns x, sin(2^k pi x), cos(2^k pi x), k from 0 to ``n_frequencies`` - 1 [4]_."""
    octaves = math.pi * 2.0 ** torch.arange(n_frequencies, dtype=x.dtype, device=x.device)
    phases = (x[..., None] * octaves).flatten(-2)
    return torch.cat([x, phases.sin(), phases.cos()], dim=-1)


def propagate(
    config: BackboneConfig, layers: nn.ModuleList, x: Float[Tensor, "*batch column"]
) -> Float[Tensor, "*batch out"]:
    """Inputs through linear layers, with the activation of the configuration between them."""
    activation = ACTIVATIONS[config.name]
    hidden = encode_inputs(x, config.n_input_frequencies) if config.name == "relu" else x
    omega = config.omega_0
    for layer in layers[:-1]:
        hidden = activation(layer(hidden), omega, config.envelope)
        omega = config.hidden_omega_0
    return layers[-1](hidden)


class Backbone(nn.Module):
    """A network of one kind; see the glossary of the file for its activation.

    Parameters
    ----------
    config
        Form of the network.
    generator
        CPU generator that draws the weights.
    """

    def __init__(self, config: BackboneConfig, generator: torch.Generator) -> None:
        super().__init__()
        self.config = config
        first = config.n_inputs
        if config.name == "relu":
            first *= 1 + 2 * config.n_input_frequencies
        sizes = [first, *[config.width] * (config.n_hidden_layers + 1), config.n_outputs]
        layers = []
        for depth, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
            layer = nn.utils.skip_init(nn.Linear, n_in, n_out)
            weight_bound, bias_bound = initial_bounds(config, depth, n_in)
            nn.init.uniform_(layer.weight, -weight_bound, weight_bound, generator=generator)
            nn.init.uniform_(layer.bias, -bias_bound, bias_bound, generator=generator)
            layers.append(layer)
        self.layers = nn.ModuleList(layers)

    def forward(self, x: Float[Tensor, "*batch column"]) -> Float[Tensor, "*batch out"]:
        """Values at places.

        Parameters
        ----------
        x
            Inputs, scaled to about [-1, 1].

        Returns
        -------
        Values without bounds; the unit of the targets.
        """
        return propagate(self.config, self.layers, x)


def initial_bounds(config: BackboneConfig, depth: int, n_in: int) -> tuple[float, float]:
    """Bounds of the uniform distributions that weights and biases of a layer start from.

    Parameters
    ----------
    config
        Form of the network.
    depth
        Number of the layer, 0 for the first.
    n_in
        Inputs of the layer.

    Returns
    -------
    Bound of the weights and of the biases. ``siren`` and ``finer``: 1 / n and then
    sqrt(6 / n) / hidden_omega_0 ([1]_, section 3.2), so that activations of all layers have the
    same distribution; the other kinds: 1 / sqrt(n), PyTorch's own, as in the papers' code, which
    also holds for all biases but the first of ``finer``.
    """
    plain = 1 / math.sqrt(n_in)
    if config.name not in PERIODIC:
        return plain, plain
    if depth > 0:
        return math.sqrt(6 / n_in) / config.hidden_omega_0, plain
    return 1 / n_in, config.first_bias_scale if config.name == "finer" else plain


def build_backbone(config: BackboneConfig, generator: torch.Generator) -> Backbone:
    """Network of a configuration; the same state of the generator gives the same weights."""
    return Backbone(config, generator)


class StackedLinear(nn.Module):
    """Linear layers of many networks as one batched matrix product.

    Parameters
    ----------
    layers
        Layers of the same size; their weights are copied.
    """

    def __init__(self, layers: Sequence[nn.Linear]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.stack([layer.weight.detach() for layer in layers]))
        self.bias = nn.Parameter(torch.stack([layer.bias.detach() for layer in layers]))

    def forward(self, x: Float[Tensor, "member row n_in"]) -> Float[Tensor, "member row n_out"]:
        """Products of each member's rows with its own weights."""
        return torch.baddbmm(self.bias[:, None], x, self.weight.mT)


class StackedBackbones(nn.Module):
    """Many networks of one form as one module: each weight has the networks on its first axis.

    The mathematics is that of one network each, and the names of the weights are the same.

    Parameters
    ----------
    backbones
        Networks of the same configuration; their weights are copied.
    """

    def __init__(self, backbones: Sequence[Backbone]) -> None:
        super().__init__()
        self.config = backbones[0].config
        depths = zip(*(backbone.layers for backbone in backbones), strict=True)
        self.layers = nn.ModuleList(StackedLinear(layers) for layers in depths)

    def with_weights(self, weights: Mapping[str, Tensor]) -> "StackedBackbones":
        """Networks of the same form with other weights, by name; their number may differ."""
        other = copy.deepcopy(self)
        for name, parameter in other.named_parameters():
            parameter.data = weights[name].detach().clone()
        return other

    def forward(self, x: Float[Tensor, "member row column"]) -> Float[Tensor, "member row out"]:
        """Values of each network at its own rows."""
        return propagate(self.config, self.layers, x)
