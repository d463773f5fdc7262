"""Packages that conda knows under other names than PyPI."""

PYPI_NAMES = {
    "pytorch": "torch",
    "matplotlib-base": "matplotlib",
    "python-tzdata": "tzdata",
    "snakemake-minimal": "snakemake",
}
CONDA_NAMES = {pypi: conda for conda, pypi in PYPI_NAMES.items()}
