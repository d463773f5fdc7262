"""The part of a dataset that a run is about: one donor or all, and how many genes."""

import numpy as np

from spectralmaps.errors import InputError
from spectralmaps.expression.data import Samples

ALL_DONORS = "all"


def choose_samples(samples: Samples, donor: str, n_genes: int) -> Samples:
    """Samples of a donor with some of the genes.

    Parameters
    ----------
    samples
        Samples of all donors.
    donor
        Identifier of a donor, or ``all``.
    n_genes
        Number of genes, at equal steps through the genes in alphabetical order; 0 for all.

    Raises
    ------
    InputError
        If there is no such donor, or fewer genes than asked for.
    """
    found = samples_of_donor(samples, donor)
    if n_genes > len(found.genes):
        raise InputError(
            f"n_genes: expected at most the {len(found.genes)} genes of the samples,"
            f" found {n_genes}; 0 takes all"
        )
    if n_genes == 0:
        return found
    steps = np.linspace(0, len(found.genes) - 1, n_genes).round().astype(int)
    genes = sorted(found.genes)
    return found.take_genes(tuple(genes[step] for step in steps))


def samples_of_donor(samples: Samples, donor: str) -> Samples:
    """Samples of a donor, or of all donors for ``all``.

    Raises
    ------
    InputError
        If there is no such donor.
    """
    if donor == ALL_DONORS:
        return samples
    chosen = samples.donors == donor
    if not chosen.any():
        raise InputError(
            f"donor: expected one of {', '.join(np.unique(samples.donors))} or all,"
            f" found {donor!r}; see expression.donors"
        )
    return samples.take(chosen)
