"""Contact maps read near the diagonal and kept between stages; cleaned maps written back."""

import json
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float

from spectralmaps.errors import InputError
from spectralmaps.files import atomic_path, check_file
from spectralmaps.hic.balancing import BalancingConfig, balance_cool
from spectralmaps.hic.band import ContactBand
from spectralmaps.hic.contact_files import ContactFile, open_contacts, spans_of, stream
from spectralmaps.hic.cool_writer import write_cool, write_raw_cool
from spectralmaps.hic.regions import Span

__all__ = [
    "band_of",
    "load_all",
    "load_band",
    "load_bands",
    "read_band",
    "save_band",
    "save_bands",
    "stored_weights",
    "write_cool",
]

REMEDY = "run the rule that prepares the dataset"


def read_band(
    uri: str,
    region: str,
    max_distance_bp: int,
    balancing: BalancingConfig,
    resolution_bp: int | None = None,
) -> ContactBand:
    """Counts and weights of a chromosome or a part of it, up to a largest distance.

    Parameters
    ----------
    uri
        ``.cool``, ``.mcool::N``, ``.mcool::/resolutions/N`` or ``.hic`` (also ``.hic::N``).
    region
        Chromosome, named with or without ``chr``, or UCSC string; only contacts within it are
        read and used for balancing.
    max_distance_bp
        Largest distance of a pair, bp.
    balancing
        Whether the file's weights are used, or how new ones are computed.
    resolution_bp
        Length of a bin; ``None`` takes what the file or its name says.

    Raises
    ------
    InputError
        If the file, the region, the bin size, the counts or the weights cannot be used.
    """
    file = open_contacts(uri, resolution_bp)
    if not region:
        raise InputError(f"{uri}: expected a chromosome or a region, found none; name one")
    (span,) = spans_of(file, region)
    if balancing.balance == "file":
        return band_of(file, span, max_distance_bp, stored_weights(file, span))
    return band_of(file, span, max_distance_bp, _computed_weights(file, span, balancing))


def band_of(
    file: ContactFile,
    span: Span,
    max_distance_bp: int,
    weights: Float[np.ndarray, " bin"],
) -> ContactBand:
    """Counts of a span with weights that are known (see ``read_band``).

    Raises
    ------
    InputError
        If the distance is shorter than a bin, there is no contact, all bins are masked, or a
        count is negative or not whole.
    """
    n_diagonals = max_distance_bp // file.resolution_bp + 1
    if n_diagonals < 2:
        raise InputError(
            f"max_distance_bp: expected at least a bin of {file.resolution_bp} bp, found"
            f" {max_distance_bp}; raise it or take smaller bins"
        )
    counts = np.zeros((len(span), n_diagonals), dtype=np.float32)
    for pixels in stream(file, span, n_diagonals):
        counts[pixels.first - span.start, pixels.second - pixels.first] = pixels.contacts
    place = f"{file.uri}: {span.chromosome}, bins {span.start} to {span.stop - 1}"
    if not counts.any():
        raise InputError(
            f"{place}: expected contacts up to {max_distance_bp} bp, found none; choose another"
            " region"
        )
    if not np.isfinite(weights).any():
        raise InputError(
            f"{place}: expected bins with a weight, found all {len(span)} masked; balance the map"
            " with weaker filters (min_nnz, min_count, mad_max) or choose another region"
        )
    return ContactBand(
        counts=counts,
        weights=weights,
        chromosome=span.chromosome,
        resolution_bp=file.resolution_bp,
        start_bin=span.start,
    )


def stored_weights(file: ContactFile, span: Span) -> Float[np.ndarray, " bin"]:
    """Weights that the file holds.

    Raises
    ------
    InputError
        If the map is not balanced.
    """
    weights = file.weights(span)
    if weights is None:
        raise InputError(
            f"{file.uri}: expected a balanced map (column weight of the bins), found none;"
            " run cooler balance or set balance to compute"
        )
    return weights


def _computed_weights(
    file: ContactFile, span: Span, balancing: BalancingConfig
) -> Float[np.ndarray, " bin"]:
    """Weights that cooler finds for the contacts within a span."""
    with tempfile.TemporaryDirectory(prefix="spectralmaps-") as folder:
        path = Path(folder) / "region.cool"
        part = (span.chromosome, stream(file, span, None))
        write_raw_cool(path, file, [span.chromosome], [part])
        balance_cool(path, balancing)
        return stored_weights(open_contacts(str(path), None), span)


def save_bands(path: Path, bands: Sequence[ContactBand]) -> None:
    """Keep maps, or none, for a later stage.

    Parameters
    ----------
    path
        ``.npz`` file; whole or absent.
    bands
        Maps, in an order that is kept.
    """
    arrays: dict[str, np.ndarray] = {}
    names = []
    for index, band in enumerate(bands):
        arrays[f"counts_{index}"] = band.counts
        arrays[f"weights_{index}"] = band.weights
        names.append([band.chromosome, band.resolution_bp, band.start_bin])
    with atomic_path(path) as temporary, temporary.open("wb") as stream_out:
        np.savez_compressed(stream_out, allow_pickle=False, bands=json.dumps(names), **arrays)


def load_bands(path: Path) -> list[ContactBand]:
    """Maps of ``save_bands``, in their order.

    Raises
    ------
    InputError
        If there is no such file or it holds something else.
    """
    check_file(path, REMEDY)
    try:
        with Path(path).open("rb") as kept, np.load(kept, allow_pickle=False) as arrays:
            return [
                ContactBand(
                    counts=arrays[f"counts_{index}"],
                    weights=arrays[f"weights_{index}"],
                    chromosome=chromosome,
                    resolution_bp=resolution_bp,
                    start_bin=start_bin,
                )
                for index, (chromosome, resolution_bp, start_bin) in enumerate(
                    json.loads(str(arrays["bands"]))
                )
            ]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{path}: expected maps kept by an earlier stage, found something else ({reason});"
            f" {REMEDY}"
        ) from error


def load_all(paths: Iterable[Path]) -> list[ContactBand]:
    """Maps of several files, in their order (see ``load_bands``)."""
    return [band for path in paths for band in load_bands(path)]


def save_band(path: Path, band: ContactBand) -> None:
    """Keep one map for a later stage (see ``save_bands``)."""
    save_bands(path, [band])


def load_band(path: Path) -> ContactBand:
    """The one map of a file (see ``load_bands``).

    Raises
    ------
    InputError
        If there is no such file, or it does not hold one map.
    """
    bands = load_bands(path)
    if len(bands) != 1:
        raise InputError(f"{path}: expected one map, found {len(bands)}; {REMEDY}")
    return bands[0]
