import nibabel as nib
import numpy as np

from spectralmaps.nifti import read_image, write_like

AFFINE = np.array([[-1.0, 0, 0, 30], [0, 0, 2.0, -7], [0, 1.5, 0, 4], [0, 0, 0, 1]])


def test_values_are_written_where_the_other_image_lies(tmp_path):
    given = nib.Nifti1Image(np.zeros((2, 3, 4), dtype=np.float32), AFFINE)
    given.set_sform(AFFINE, code=1)
    given.set_qform(AFFINE, code=2)
    given.header.set_xyzt_units("mm", "sec")
    nib.save(given, tmp_path / "given.nii")
    labels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    write_like(tmp_path / "labels.nii.gz", labels, read_image(tmp_path / "given.nii"))
    written = nib.load(tmp_path / "labels.nii.gz")
    np.testing.assert_array_equal(np.asarray(written.dataobj), labels)
    np.testing.assert_allclose(written.affine, AFFINE, rtol=0, atol=1e-6)
    assert int(written.header["sform_code"]) == 1
    assert int(written.header["qform_code"]) == 2
    assert written.header.get_xyzt_units() == ("mm", "sec")
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []
