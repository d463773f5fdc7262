"""Settings are checked when they are built; schedules start at the learning rate."""

import dataclasses

import pytest
import torch
from torch import nn

from spectralmaps.errors import InputError
from spectralmaps.training.settings import SCHEDULES, LoopConfig, build_optimiser, learning_rate

CONFIG = LoopConfig(
    n_steps=100,
    learning_rate=1e-2,
    schedule="constant",
    schedule_factor=0.1,
    schedule_period=10,
    warmup_steps=0,
    weight_decay=0.0,
    gradient_clip_norm=0.0,
    precision="fp32",
    weights="final",
    checkpoint_every=0,
    log_every=10,
    device="cpu",
)


@pytest.mark.parametrize("schedule", sorted(SCHEDULES))
def test_rates_lie_between_the_highest_and_the_lowest(schedule):
    config = dataclasses.replace(CONFIG, schedule=schedule)
    rates = [learning_rate(config, step) for step in range(101)]
    assert max(rates) <= 1e-2 * (1 + 1e-12)
    lowest = 0.1 ** (100 // 10) if schedule == "step" else 0.1
    assert min(rates) >= 1e-2 * lowest * (1 - 1e-12)
    assert (len(set(rates)) == 1) == (schedule == "constant")


def test_warm_up_multiplies_the_schedule():
    config = dataclasses.replace(CONFIG, warmup_steps=4)
    assert [learning_rate(config, step) for step in (0, 1, 3, 9)] == pytest.approx(
        [0.25e-2, 0.5e-2, 1e-2, 1e-2], rel=1e-12
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("schedule", "stepwise"),
        ("precision", "fp16"),
        ("weights", "best"),
        ("n_steps", 0),
        ("learning_rate", 0.0),
        ("log_every", 0),
        ("warmup_steps", -1),
        ("gradient_clip_norm", -1.0),
    ],
)
def test_bad_value_is_refused_with_its_key(key, value):
    with pytest.raises(InputError, match=f"{key}: expected .*found {value!r}"):
        dataclasses.replace(CONFIG, **{key: value})


def test_without_weight_decay_the_optimiser_is_adam():
    models = [nn.Linear(3, 2), nn.Linear(3, 2)]
    models[1].load_state_dict(models[0].state_dict())
    optimisers = [
        build_optimiser(models[0], CONFIG),
        torch.optim.Adam(models[1].parameters(), 1e-2),
    ]
    x = torch.ones(5, 3)
    for _ in range(5):
        for model, optimiser in zip(models, optimisers, strict=True):
            optimiser.zero_grad()
            model(x).square().sum().backward()
            optimiser.step()
    assert torch.equal(models[0].weight, models[1].weight)
