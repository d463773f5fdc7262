"""Features of a place: cosines and sines whose inner products are Matern kernels, and local ones.

Glossary

===============  ==================================================================================
nu               smoothness of a Matern kernel (1.5: once differentiable)
ell              its length scale, millimetres
omega            angular frequencies, radian / mm; a draw from the kernel's spectral density, which
                 for a Matern kernel in three dimensions is a Student-t density with 2 nu degrees
                 of freedom and scale 1 / ell
bank             features of one length scale and one way to treat the hemispheres
phi_b            features of bank b; phi_b(x) . phi_b(x') -> k_b(x, x') and phi_b(x) . phi_b(x) = 1
===============  ==================================================================================

A short-range term needs so many frequencies that its kernel is cheaper as it stands: local
features are a Matern kernel between a place and the training samples, tapered to zero at a radius
by Wendland's C2 function; a block of voxels meets only the samples near it.

Banks in order: the constant, one a length scale, the two tissue probabilities where asked for, the
local one. The frequencies are quasi-random (a scrambled Sobol sequence over radius
and direction), so a kernel is met more closely than by independent draws.

References
----------
Rahimi, Recht (2007), Random features for large-scale kernel machines. Rasmussen, Williams (2006),
Gaussian processes for machine learning, eq. 4.15 (spectral density of the Matern class). Wendland
(1995), Piecewise polynomial, positive definite and compactly supported radial functions.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.special import fdtri
from torch import Tensor, nn

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Sites

BANK_MIRRORS = ("fold", "none")


@dataclass(frozen=True, kw_only=True)
class Bank:
    """Features of one length scale.

    Attributes
    ----------
    length_mm
        Length scale of the Matern kernel, millimetres.
    smoothness
        nu of the Matern kernel.
    n_frequencies
        Number of frequencies; each gives a cosine and a sine.
    mirror
        ``fold``: homologous places of the hemispheres are one place; ``none``: they are two.
    """

    length_mm: float
    smoothness: float
    n_frequencies: int
    mirror: str

    def __post_init__(self) -> None:
        """Check that the numbers are positive and the way to mirror is known."""
        if min(self.length_mm, self.smoothness, self.n_frequencies) <= 0:
            raise InputError(
                "bank: expected a positive length scale, smoothness and number of frequencies,"
                f" found {self.length_mm}, {self.smoothness} and {self.n_frequencies}"
            )
        if self.mirror not in BANK_MIRRORS:
            raise InputError(
                f"bank.mirror: expected one of {', '.join(BANK_MIRRORS)}, found {self.mirror!r}"
            )


def matern_frequencies(bank: Bank, seed: int) -> Float[Tensor, "3 frequency"]:
    """Frequencies with the Matern kernel's spectral density, radian / mm.

    The squared radius times ell^2 / 3 has an F distribution with 3 and 2 nu degrees of freedom;
    directions are uniform on the sphere.

    Parameters
    ----------
    bank
        Length scale, smoothness and number of frequencies.
    seed
        Seed of the scrambling of the Sobol points.
    """
    sobol = torch.quasirandom.SobolEngine(dimension=3, scramble=True, seed=seed)
    points = sobol.draw(bank.n_frequencies, dtype=torch.float64).clamp(1e-9, 1 - 1e-9).numpy()
    radius = np.sqrt(3 * fdtri(3, 2 * bank.smoothness, points[:, 0])) / bank.length_mm
    height, angle = 2 * points[:, 1] - 1, 2 * math.pi * points[:, 2]
    across = np.sqrt(1 - height**2)
    directions = np.stack([across * np.cos(angle), across * np.sin(angle), height])
    return torch.as_tensor(radius * directions)


class SpectralFeatures(nn.Module):
    """Constant, cosines, sines and tissue probabilities: the features of global support.

    Attributes
    ----------
    frequencies
        Frequencies of all banks side by side, radian / mm.
    bank_of_feature
        Bank of each feature.
    """

    frequencies: Tensor
    folded: Tensor
    scales: Tensor
    bank_of_feature: Tensor

    def __init__(self, banks: tuple[Bank, ...], seed: int, *, tissue: bool) -> None:
        """Draw the frequencies.

        Parameters
        ----------
        banks
            One a term of the kernel.
        seed
            Seed of the frequencies; bank number i has its own.
        tissue
            Whether the grey and white probability are a bank of their own, the last one.
        """
        super().__init__()
        counts = torch.tensor([bank.n_frequencies for bank in banks])
        number = torch.arange(len(banks)).repeat_interleave(counts)
        drawn = [matern_frequencies(bank, seed + 1000 * i) for i, bank in enumerate(banks)]
        folds = torch.tensor([bank.mirror == "fold" for bank in banks])
        self.tissue = tissue
        self.n_banks = 1 + len(banks) + int(tissue)
        self.register_buffer("frequencies", torch.cat(drawn, dim=1))
        self.register_buffer("folded", folds[number])
        self.register_buffer("scales", counts[number].double().rsqrt())
        last = torch.full((2 * int(tissue),), 1 + len(banks))
        index = torch.cat([torch.zeros(1, dtype=torch.long), 1 + number, 1 + number, last])
        self.register_buffer("bank_of_feature", index)

    @property
    def n_features(self) -> int:
        """Number of features."""
        return len(self.bank_of_feature)

    def forward(self, sites: Float[Tensor, "site 5"]) -> Float[Tensor, "site feature"]:
        """Features of places, in the precision of the frequencies.

        Parameters
        ----------
        sites
            Columns of ``site_columns``.
        """
        frequencies = self.frequencies
        free = torch.where(self.folded, 0.0, frequencies[0])
        paired = torch.where(self.folded, frequencies[0], 0.0)
        weights = torch.cat([free[None], frequencies[1:], paired[None]])
        phase = torch.cat([sites[:, :3], sites[:, :1].abs()], dim=1) @ weights
        parts = [torch.ones_like(sites[:, :1]), phase.cos() * self.scales]
        parts.append(phase.sin_() * self.scales)
        if self.tissue:
            parts.append(2 * sites[:, 3:] - 1)
        return torch.cat(parts, dim=1)


class LocalFeatures(nn.Module):
    """Compactly supported kernels between places and landmarks.

    Attributes
    ----------
    landmarks
        Coordinates of the training samples as the kernel sees them, millimetres.
    """

    landmarks: Tensor

    def __init__(
        self,
        coords_mm: Float[Tensor, "landmark 3"],
        length_mm: float,
        radius_mm: float,
        mirror: str,
    ) -> None:
        """Keep the landmarks.

        Parameters
        ----------
        coords_mm
            MNI coordinates of the landmarks.
        length_mm
            Length scale of the Matern kernel of smoothness 1.5, millimetres.
        radius_mm
            Distance from which on the kernel is zero.
        mirror
            ``fold`` or ``none``, as for a ``Bank``.
        """
        super().__init__()
        self.length_mm = length_mm
        self.radius_mm = radius_mm
        self.mirror = mirror
        self.register_buffer("landmarks", self._seen(coords_mm))

    def near(self, coords_mm: Float[Tensor, "site 3"]) -> Int[Tensor, " near"]:
        """Landmarks that may be within the radius of any of the places (of their bounding box)."""
        if len(coords_mm) == 0:
            return torch.zeros(0, dtype=torch.long, device=coords_mm.device)
        seen = self._seen(coords_mm)
        nearest = self.landmarks.clamp(seen.min(dim=0).values, seen.max(dim=0).values)
        return ((self.landmarks - nearest).norm(dim=1) < self.radius_mm).nonzero()[:, 0]

    def forward(
        self, coords_mm: Float[Tensor, "site 3"], index: Int[Tensor, " near"]
    ) -> Float[Tensor, "site near"]:
        """Kernel between places and some of the landmarks.

        (1 + s) exp(-s) times (1 - r)^4 (4 r + 1), with s = sqrt(3) distance / length scale and
        r = distance / radius, at most 1.

        Parameters
        ----------
        coords_mm
            MNI coordinates.
        index
            The landmarks.
        """
        centre = self.landmarks.mean(dim=0)
        places, landmarks = self._seen(coords_mm) - centre, self.landmarks[index] - centre
        square = places.square().sum(dim=1, keepdim=True) + landmarks.square().sum(dim=1)
        square = square.addmm_(places, landmarks.T, alpha=-2).clamp_min_(0)
        distance = square.sqrt_()
        taper = distance.div(-self.radius_mm).add_(1).clamp_min_(0)
        taper = taper.square().square_().mul_(taper.mul_(-4).add_(5))
        s = distance.mul_(math.sqrt(3) / self.length_mm)
        return taper.mul_(s.neg().exp_()).mul_(s.add_(1))

    def _seen(self, coords_mm: Float[Tensor, "site 3"]) -> Float[Tensor, "site 3"]:
        """Coordinates as the kernel sees them."""
        if self.mirror == "none":
            return coords_mm
        return torch.cat([coords_mm[:, :1].abs(), coords_mm[:, 1:]], dim=1)


class Trunk(nn.Module):
    """All features of a place, computed once for all genes: spectral ones, then local ones."""

    def __init__(self, spectral: SpectralFeatures, local: LocalFeatures) -> None:
        """Join the two kinds."""
        super().__init__()
        self.spectral = spectral
        self.local = local

    @property
    def bank_of_feature(self) -> Int[Tensor, " feature"]:
        """Bank of each feature; the local bank is the last one."""
        index = self.spectral.bank_of_feature
        last = torch.full((len(self.local.landmarks),), self.spectral.n_banks, device=index.device)
        return torch.cat([index, last])

    def near(self, sites: Float[Tensor, "site 5"]) -> Int[Tensor, " near"]:
        """Features that may differ from zero at any of the places."""
        n_spectral = self.spectral.n_features
        everywhere = torch.arange(n_spectral, device=sites.device)
        return torch.cat([everywhere, n_spectral + self.local.near(sites[:, :3])])

    def forward(
        self, sites: Float[Tensor, "site 5"], near: Int[Tensor, " near"]
    ) -> Float[Tensor, "site near"]:
        """Features of places, those of ``near`` only.

        Parameters
        ----------
        sites
            Columns of ``site_columns``.
        near
            What ``near`` gave for these places or for more.
        """
        n_spectral = self.spectral.n_features
        local = self.local(sites[:, :3], near[n_spectral:] - n_spectral)
        return torch.cat([self.spectral(sites), local], dim=1)

    def grams(self, sites: Float[Tensor, "landmark 5"]) -> Float[Tensor, "bank landmark landmark"]:
        """Kernel of each bank between all pairs of landmarks.

        Parameters
        ----------
        sites
            The landmarks' columns, in the order of the landmarks.
        """
        features, banks = self.spectral(sites), self.spectral.bank_of_feature
        parts = [features[:, banks == number] for number in range(self.spectral.n_banks)]
        index = torch.arange(len(sites), device=sites.device)
        return torch.stack([part @ part.T for part in parts] + [self.local(sites[:, :3], index)])


def site_columns(sites: Sites) -> Float[Tensor, "site 5"]:
    """What the features see of places: coordinates in mm, grey and white probability."""
    columns = np.column_stack([sites.coords_mm, sites.grey, sites.white])
    return torch.as_tensor(columns, dtype=torch.float64)
