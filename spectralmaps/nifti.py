"""NIfTI images: read once it is known that they can be trusted, written whole or not at all."""

import zlib
from pathlib import Path

import nibabel as nib
import numpy as np
from jaxtyping import Float
from nibabel.filebasedimages import ImageFileError
from nibabel.spatialimages import HeaderDataError

from spectralmaps.errors import InputError
from spectralmaps.files import atomic_path, check_file

MNI_CODE = 4  # NIfTI's code of "MNI 152 normalised coordinates"
UNREADABLE = (ImageFileError, HeaderDataError, OSError, EOFError, zlib.error)


def read_image(path: Path) -> nib.Nifti1Image:
    """One three-dimensional NIfTI image whose affine can be trusted, with its values in memory.

    Parameters
    ----------
    path
        NIfTI-1 or NIfTI-2 file, compressed or not.

    Raises
    ------
    InputError
        If the file is absent or unreadable, is not three-dimensional, has neither an sform nor
        a qform, or an affine that is singular or not finite.
    """
    path = check_file(path, "give the path of a NIfTI image (.nii or .nii.gz)")
    try:
        image = nib.load(path)
        if not isinstance(image, nib.Nifti1Image):
            found = type(image).__name__
            raise InputError(f"{path}: expected a NIfTI image, found {found}; convert it")
        values = np.asanyarray(image.dataobj)
    except UNREADABLE as error:
        found = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{path}: expected a readable NIfTI image, found: {found}") from error
    if image.ndim != 3:
        raise InputError(
            f"{path}: expected a three-dimensional image, found {image.shape}; extract one volume"
        )
    _check_affine(image, path)
    return nib.Nifti1Image(values, image.affine, image.header)


def _check_affine(image: nib.Nifti1Image, path: Path) -> None:
    """Raise if the image does not say where its voxels lie."""
    header, affine = image.header, image.affine
    if int(header["sform_code"]) == 0 and int(header["qform_code"]) == 0:
        raise InputError(
            f"{path}: expected an sform or qform code above 0, found neither, so the place of the"
            " voxels is unknown; write the affine into the header"
        )
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-12:
        raise InputError(
            f"{path}: expected a finite affine that can be inverted, found {affine[:3].tolist()};"
            " repair the header"
        )


def write_image(path: Path, values: np.ndarray, affine: Float[np.ndarray, "4 4"]) -> None:
    """Write a NIfTI image in MNI space with the type of its values; whole or not at all.

    Parameters
    ----------
    path
        Name ending in ``.nii`` or ``.nii.gz``.
    values
        Float32, uint8, int16 or int32 array of three or four dimensions.
    affine
        Voxel indices to MNI millimetres.
    """
    image = nib.Nifti1Image(values, affine)
    image.set_sform(affine, code=MNI_CODE)
    image.set_qform(affine, code=MNI_CODE)
    _write(path, image)


def write_like(path: Path, values: np.ndarray, image: nib.Nifti1Image) -> None:
    """Write values on the grid of another image, in the space that its header names.

    Parameters
    ----------
    path
        Name ending in ``.nii`` or ``.nii.gz``.
    values
        Float32, uint8, int16 or int32; the first three dimensions are those of the image.
    image
        Where the affine and its codes come from.
    """
    written = nib.Nifti1Image(values, image.affine)
    written.set_sform(image.affine, code=int(image.header["sform_code"]))
    written.set_qform(image.affine, code=int(image.header["qform_code"]))
    written.header.set_xyzt_units(*image.header.get_xyzt_units())
    _write(path, written)


def _write(path: Path, image: nib.Nifti1Image) -> None:
    with atomic_path(path) as temporary:
        nib.save(image, temporary)
