"""Segmentation of images with two-dimensional selective scans and spectral gates."""
