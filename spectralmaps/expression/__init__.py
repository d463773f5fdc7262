"""Voxel-level gene-expression maps of the human brain from sparse samples."""
