"""Seeds are the same in every process and different for every name."""

import random
import subprocess
import sys
from pathlib import Path

import torch

import spectralmaps
from spectralmaps.training.seeds import derived_seed, seed_everything, seeded_generator


def test_same_seed_gives_same_global_numbers():
    draws = []
    for _ in range(2):
        seed_everything(7)
        draws.append((random.random(), torch.rand(3).tolist()))
    assert draws[0] == draws[1]


def test_derived_seed_is_the_same_in_another_process_with_another_hash_seed():
    code = "from spectralmaps.training.seeds import derived_seed; print(derived_seed(3, 'batches'))"
    root = str(Path(spectralmaps.__file__).parents[1])
    output = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "12345", "PYTHONPATH": root},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert output.strip() == str(derived_seed(3, "batches"))


def test_names_and_seeds_do_not_collide_and_stay_in_range():
    seeds = {derived_seed(seed, name) for seed in range(50) for name in ("a", "b", "1/a", "")}
    assert len(seeds) == 200
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_seeded_generator_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    first = torch.rand(4, generator=seeded_generator(1, "x"))
    assert torch.equal(first, torch.rand(4, generator=seeded_generator(1, "x")))
    assert not torch.equal(first, torch.rand(4, generator=seeded_generator(1, "y")))
    assert torch.equal(before, torch.get_rng_state())
