"""Settings of the published networks: data, network and training in one flat section each."""

from dataclasses import dataclass

from spectralmaps.errors import InputError
from spectralmaps.expression.inr import BackboneConfig
from spectralmaps.expression.mirroring import check_mirror
from spectralmaps.training.settings import LoopConfig

ORDERS = ("se", "pc1", "none")


@dataclass(frozen=True, kw_only=True)
class InrConfig(LoopConfig):
    """What both published networks have in common; the fields of ``LoopConfig`` belong to it.

    Attributes
    ----------
    order
        Gene order among the inputs, computed on the training samples: ``se`` (spectral
        embedding), ``pc1`` (first principal component) or, for one network a gene, ``none``.
    mirror
        ``none``, ``augment`` or ``fold`` (see ``mirroring``). ``augment`` is the counterpart of
        abagen's ``lr_mirror="bidirectional"``; samples that abagen has mirrored need ``none``.
    noise_share
        Share of the rows that get noise at each step, in [0, 1]; published 0.01 to 0.2.
    batch_rows
        Rows drawn at random for each step; 0 for all of them (published).
    n_ensemble
        Networks from different seeds; with more than one there is a standard deviation.
    predict_rows
        Most rows (place and gene) evaluated at once; bounds the memory.
    backbone
        Kind of the network (see ``inr``), with its form in the fields that follow:
    width, n_hidden_layers, omega_0, hidden_omega_0, envelope, n_input_frequencies, \
first_bias_scale
        See ``inr.BackboneConfig``.
    """

    order: str
    mirror: str
    noise_share: float
    batch_rows: int
    n_ensemble: int
    predict_rows: int
    backbone: str
    width: int
    n_hidden_layers: int
    omega_0: float
    hidden_omega_0: float
    envelope: float
    n_input_frequencies: int
    first_bias_scale: float

    def __post_init__(self) -> None:
        """Check names and bounds of all parts.

        Raises
        ------
        InputError
            Names the key, what was expected and what was found.
        """
        super().__post_init__()
        check_mirror(self.mirror)
        self.backbone_config(1)
        if self.order not in ORDERS:
            raise InputError(f"order: expected one of {', '.join(ORDERS)}, found {self.order!r}")
        if not 0 <= self.noise_share <= 1:
            raise InputError(f"noise_share: expected 0 to 1, found {self.noise_share}")
        if self.batch_rows < 0:
            raise InputError(f"batch_rows: expected at least 0, found {self.batch_rows}")
        for name in ("n_ensemble", "predict_rows"):
            if getattr(self, name) < 1:
                raise InputError(f"{name}: expected at least 1, found {getattr(self, name)}")

    def backbone_config(self, n_inputs: int) -> BackboneConfig:
        """Form of one network with one output."""
        return BackboneConfig(
            name=self.backbone,
            n_inputs=n_inputs,
            n_outputs=1,
            width=self.width,
            n_hidden_layers=self.n_hidden_layers,
            omega_0=self.omega_0,
            hidden_omega_0=self.hidden_omega_0,
            envelope=self.envelope,
            n_input_frequencies=self.n_input_frequencies,
            first_bias_scale=self.first_bias_scale,
        )


@dataclass(frozen=True, kw_only=True)
class JointInrConfig(InrConfig):
    """One network for all genes.

    Attributes
    ----------
    n_order_frequencies
        Octaves of the encoded gene order; published 11.
    """

    n_order_frequencies: int

    def __post_init__(self) -> None:
        """Check that genes can be told apart.

        Raises
        ------
        InputError
            If there is no order, or the number of octaves is negative.
        """
        super().__post_init__()
        if self.order == "none":
            raise InputError("order: a joint network needs se or pc1, found 'none'")
        if self.n_order_frequencies < 0:
            raise InputError(
                f"n_order_frequencies: expected at least 0, found {self.n_order_frequencies}"
            )


@dataclass(frozen=True, kw_only=True)
class PerGeneInrConfig(InrConfig):
    """One network a gene.

    ``gradient_clip_norm`` is that of all networks trained together.

    Attributes
    ----------
    genes_at_once
        Networks trained together; bounds the memory. Without noise, batches and clipping it
        has no effect on the result.
    """

    genes_at_once: int

    def __post_init__(self) -> None:
        """Check the number of genes.

        Raises
        ------
        InputError
            If it is smaller than 1.
        """
        super().__post_init__()
        if self.genes_at_once < 1:
            raise InputError(f"genes_at_once: expected at least 1, found {self.genes_at_once}")
