"""Provenance names the input by its content."""

import hashlib
import json

import pytest

import spectralmaps
from spectralmaps.errors import InputError
from spectralmaps.hic.provenance import content_hash, provenance


@pytest.mark.parametrize("size", [0, 5, (1 << 20) + 3])
def test_the_hash_is_that_of_the_bytes(tmp_path, rng, size) -> None:
    content = rng.bytes(size)
    (tmp_path / "map.cool").write_bytes(content)
    assert content_hash(tmp_path / "map.cool") == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("inner", ["", "::/resolutions/10000"])
def test_everything_is_named_without_folders(tmp_path, inner) -> None:
    (tmp_path / "map.mcool").write_bytes(b"x")
    found = provenance(f"{tmp_path / 'map.mcool'}{inner}", "none", 4, {"weight": 0.5})
    assert found == {
        "package": "spectralmaps",
        "version": spectralmaps.__version__,
        "variant": "none",
        "seed": 4,
        "input": f"map.mcool{inner}",
        "input_sha256": hashlib.sha256(b"x").hexdigest(),
        "config": {"weight": 0.5},
    }
    assert json.loads(json.dumps(found)) == found


def test_a_missing_input_is_an_error(tmp_path) -> None:
    with pytest.raises(InputError, match="expected a file, found none"):
        provenance(str(tmp_path / "map.cool"), "none", 4, {})
