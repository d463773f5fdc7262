"""Spectral and coordinate-based learning for sparse or noisy biological maps."""

__version__ = "0.1.0"
