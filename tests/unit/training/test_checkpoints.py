"""Model files and training states: round trips, refusals, and never half a file."""

import pickle
import zipfile

import pytest
import torch
from safetensors.torch import save_file

from spectralmaps.errors import InputError
from spectralmaps.training.checkpoints import load_model, load_state, save_model, save_state

TENSORS = {"weight": torch.arange(6.0).reshape(2, 3), "bias": torch.tensor([1.5], dtype=torch.half)}
METADATA = {"genes": ["A2M", "APOE"], "minimum_mm": -0.1 - 0.2, "nested": {"n": 3, "none": None}}


def test_model_comes_back_with_its_metadata_to_the_last_bit(tmp_path):
    save_model(tmp_path / "folder" / "model.safetensors", TENSORS, METADATA)
    tensors, metadata = load_model(tmp_path / "folder" / "model.safetensors")
    assert metadata == METADATA
    assert tensors.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert tensors[name].dtype == tensor.dtype
        assert torch.equal(tensors[name], tensor)


def test_views_and_shared_tensors_can_be_stored(tmp_path):
    shared = torch.arange(12.0).reshape(3, 4)
    save_model(tmp_path / "m.safetensors", {"a": shared.T, "b": shared}, {})
    tensors, _ = load_model(tmp_path / "m.safetensors")
    assert torch.equal(tensors["a"], shared.T)


def test_failed_write_leaves_the_older_model(tmp_path):
    path = tmp_path / "model.safetensors"
    save_model(path, TENSORS, METADATA)
    with pytest.raises(ValueError, match="not JSON compliant"):
        save_model(path, TENSORS, {"value": float("nan")})
    assert load_model(path)[1] == METADATA
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("n_bytes", [0, 4, 40, -1])
def test_truncated_model_is_refused_in_one_line(tmp_path, n_bytes):
    path = tmp_path / "model.safetensors"
    save_model(path, TENSORS, METADATA)
    path.write_bytes(path.read_bytes()[:n_bytes])
    with pytest.raises(InputError, match=r"expected safetensors, found .*train again") as caught:
        load_model(path)
    assert "\n" not in str(caught.value)


def test_model_of_others_is_refused(tmp_path):
    save_file(TENSORS, tmp_path / "other.safetensors")
    with pytest.raises(InputError, match="not our model"):
        load_model(tmp_path / "other.safetensors")


@pytest.mark.parametrize("load", [load_model, load_state])
def test_missing_file_is_named(tmp_path, load):
    with pytest.raises(InputError, match=r"absent: expected a file, found none"):
        load(tmp_path / "absent")


def test_state_comes_back(tmp_path):
    state = {"step": 3, "history": [{"loss": 0.5}], "rng": torch.get_rng_state(), "none": None}
    save_state(tmp_path / "state.pt", state)
    loaded = load_state(tmp_path / "state.pt")
    assert torch.equal(loaded.pop("rng"), state.pop("rng"))
    assert loaded == state


@pytest.mark.parametrize("content", [b"", b"text", pickle.dumps(test_state_comes_back)])
def test_foreign_state_is_refused_in_one_line(tmp_path, content):
    path = tmp_path / "state.pt"
    path.write_bytes(content)
    with pytest.raises(InputError, match="delete it to train from the start") as caught:
        load_state(path)
    assert "\n" not in str(caught.value)


def test_state_that_needs_code_is_refused_in_one_line(tmp_path):
    torch.save({"code": test_state_comes_back}, tmp_path / "state.pt")
    with pytest.raises(InputError, match="delete it to train from the start") as caught:
        load_state(tmp_path / "state.pt")
    assert "\n" not in str(caught.value)


def test_archive_of_others_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "state.pt", "w") as archive:
        archive.writestr("table.csv", "a,b")
    with pytest.raises(InputError, match="not a readable training state"):
        load_state(tmp_path / "state.pt")


def test_truncated_state_is_refused(tmp_path):
    path = tmp_path / "state.pt"
    save_state(path, {"x": torch.zeros(1000)})
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(InputError, match="not a readable training state"):
        load_state(path)


def test_state_that_is_no_dictionary_is_refused(tmp_path):
    torch.save(torch.zeros(2), tmp_path / "state.pt")
    with pytest.raises(InputError, match="expected a training state"):
        load_state(tmp_path / "state.pt")
