"""The loop minimises, resumes to the same bytes, and stops where it has to."""

import dataclasses

import pytest
import torch
from torch import Tensor, nn

from spectralmaps.errors import InputError
from spectralmaps.training.loggers import CsvLog
from spectralmaps.training.loop import DivergenceError, Task, train
from spectralmaps.training.settings import LoopConfig, build_optimiser

CONFIG = LoopConfig(
    n_steps=12,
    learning_rate=1e-2,
    schedule="cosine",
    schedule_factor=0.1,
    schedule_period=1,
    warmup_steps=3,
    weight_decay=1e-2,
    gradient_clip_norm=0.5,
    precision="fp32",
    weights="final",
    checkpoint_every=2,
    log_every=3,
    device="cpu",
)


class Interruption(Exception):
    """Stands for a job that is killed."""


def _task(config: LoopConfig, stop_at: int | None = None, evaluate=None) -> Task:
    """Regression with dropout and random batches, so that every generator matters."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = nn.Sequential(
            nn.Linear(4, 16), nn.BatchNorm1d(16), nn.Dropout(0.3), nn.Linear(16, 1)
        )
        data = torch.randn(40, 4)

    def step(model: nn.Module, index: int, generator: torch.Generator) -> dict[str, Tensor]:
        if index == stop_at:
            raise Interruption
        x = data[torch.randint(40, (8,), generator=generator)]
        error = (model(x)[:, 0].float() - x.sum(1)).square().mean()
        return {"loss": error, "error": error.detach()}

    return Task(
        name="regression",
        model=model,
        optimiser=build_optimiser(model, config),
        step=step,
        evaluate=evaluate,
        identity="regression",
    )


def _weights(task: Task) -> Tensor:
    return torch.cat([tensor.flatten().double() for tensor in task.model.state_dict().values()])


@pytest.mark.parametrize("weights", ["final", "lowest_loss"])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("stop_at", [1, 5, 8])
def test_interrupted_run_ends_with_the_bytes_of_an_undisturbed_one(
    tmp_path, stop_at, precision, weights
):
    config = dataclasses.replace(CONFIG, precision=precision, weights=weights)
    undisturbed = _task(config)
    history = train(undisturbed, config, 1, None, [])
    checkpoint = tmp_path / "state.pt"
    with pytest.raises(Interruption):
        train(_task(config, stop_at), config, 1, checkpoint, [])
    assert checkpoint.exists() == (stop_at > 1)
    torch.rand(100)
    resumed = _task(config)
    assert train(resumed, config, 1, checkpoint, []) == history
    assert torch.equal(_weights(resumed), _weights(undisturbed))


def test_precision_and_kept_weights_do_change_the_result():
    results = []
    for change in ({}, {"precision": "bf16"}, {"weights": "lowest_loss"}):
        config = dataclasses.replace(CONFIG, **change)
        task = _task(config)
        train(task, config, 1, None, [])
        results.append(_weights(task))
    assert not torch.equal(results[0], results[1])
    assert not torch.equal(results[0], results[2])


def test_complete_run_is_not_trained_again(tmp_path):
    first, again = _task(CONFIG), _task(CONFIG, stop_at=0)
    history = train(first, CONFIG, 1, tmp_path / "state.pt", [])
    again = _task(CONFIG, stop_at=CONFIG.n_steps)
    assert train(again, CONFIG, 1, tmp_path / "state.pt", []) == history
    assert torch.equal(_weights(first), _weights(again))


def test_seed_decides_the_run_and_global_generator_is_untouched():
    weights = []
    for seed in (1, 1, 2):
        task = _task(CONFIG)
        torch.rand(seed)
        before = torch.get_rng_state()
        train(task, CONFIG, seed, None, [])
        assert torch.equal(before, torch.get_rng_state())
        weights.append(_weights(task))
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


@pytest.mark.parametrize(
    ("change", "key"), [({"learning_rate": 2e-2}, "learning_rate"), ({"n_steps": 13}, "n_steps")]
)
def test_checkpoint_of_other_settings_is_refused(tmp_path, change, key):
    checkpoint = tmp_path / "state.pt"
    train(_task(CONFIG), CONFIG, 1, checkpoint, [])
    config = dataclasses.replace(CONFIG, **change)
    with pytest.raises(InputError, match=f"belongs to another run, {key} is"):
        train(_task(config), config, 1, checkpoint, [])


def test_checkpoint_of_other_data_or_seed_is_refused(tmp_path):
    checkpoint = tmp_path / "state.pt"
    train(_task(CONFIG), CONFIG, 1, checkpoint, [])
    with pytest.raises(InputError, match="seed is 1 there and 2 here"):
        train(_task(CONFIG), CONFIG, 2, checkpoint, [])
    other = dataclasses.replace(_task(CONFIG), identity="other data")
    with pytest.raises(InputError, match="identity is 'regression' there and 'other data' here"):
        train(other, CONFIG, 1, checkpoint, [])


def test_loss_falls_and_history_names_every_logged_step():
    config = dataclasses.replace(CONFIG, n_steps=301, warmup_steps=0, log_every=100)
    history = train(_task(config), config, 1, None, [])
    assert [entry["step"] for entry in history] == [100, 200, 300, 301]
    assert history[-1]["loss"] < 0.3 * train(_task(CONFIG), CONFIG, 1, None, [])[0]["loss"]
    assert set(history[0]) == {"step", "learning_rate", "loss", "error"}


def test_logs_of_an_interrupted_run_hold_every_step_once(tmp_path):
    config = dataclasses.replace(CONFIG, log_every=1, checkpoint_every=4)
    log = CsvLog(tmp_path / "log.csv")
    with pytest.raises(Interruption):
        train(_task(config, stop_at=7), config, 1, tmp_path / "state.pt", [log])
    history = train(_task(config), config, 1, tmp_path / "state.pt", [CsvLog(log.path)])
    rows = [line.split(",") for line in log.path.read_text().splitlines()]
    assert rows[0] == ["step", "learning_rate", "loss", "error"]
    assert [[float(cell) for cell in row] for row in rows[1:]] == [
        list(h.values()) for h in history
    ]


def test_evaluation_runs_without_dropout_or_gradients_and_training_goes_on():
    modes = []

    def evaluate(model: nn.Module) -> dict[str, float]:
        modes.append((model.training, torch.is_grad_enabled()))
        return {"validation": 1.5}

    task = _task(CONFIG, evaluate=evaluate)
    history = train(task, CONFIG, 1, None, [])
    assert modes == [(False, False)] * 4
    assert [entry["validation"] for entry in history] == [1.5] * 4
    assert not task.model.training


def test_loss_that_is_not_finite_stops_with_step_and_terms():
    def step(model: nn.Module, index: int, generator: torch.Generator) -> dict[str, Tensor]:
        loss = model(torch.ones(2, 4)).mean() * (float("nan") if index == 2 else 1.0)
        return {"loss": loss, "kl": torch.tensor(3.0)}

    task = dataclasses.replace(_task(CONFIG), step=step)
    message = (
        r"regression: the loss is not finite at step 3 \(loss nan, kl 3\); lower learning_rate"
    )
    with pytest.raises(DivergenceError, match=message):
        train(task, CONFIG, 1, None, [])


def test_gradient_norm_is_limited():
    config = dataclasses.replace(CONFIG, n_steps=1, gradient_clip_norm=1e-3)
    task = _task(config)
    train(task, config, 1, None, [])
    squares = [parameter.grad.square().sum() for parameter in task.model.parameters()]
    assert float(torch.stack(squares).sum().sqrt()) == pytest.approx(1e-3, rel=1e-3)


@pytest.mark.parametrize(
    ("precision", "inside"), [("fp32", ("highest", False)), ("tf32", ("high", True))]
)
def test_products_are_rounded_during_training_only(precision, inside):
    def state():
        return torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32

    config = dataclasses.replace(CONFIG, precision=precision)
    found, before = [], state()
    task = _task(config, evaluate=lambda _: found.append(state()) or {})
    train(task, config, 1, None, [])
    assert set(found) == {inside}
    assert state() == before


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_interrupted_run_on_a_gpu_ends_with_the_same_bytes(tmp_path):
    config = dataclasses.replace(CONFIG, device="cuda", weights="lowest_loss")
    tasks = [_cuda_task(config, stop_at) for stop_at in (None, 7, None)]
    train(tasks[0], config, 1, None, [])
    with pytest.raises(Interruption):
        train(tasks[1], config, 1, tmp_path / "state.pt", [])
    train(tasks[2], config, 1, tmp_path / "state.pt", [])
    assert torch.equal(_weights(tasks[2]).cpu(), _weights(tasks[0]).cpu())


def _cuda_task(config: LoopConfig, stop_at: int | None) -> Task:
    """The same regression with its batches on the GPU."""
    data = torch.randn(40, 4, generator=torch.Generator().manual_seed(0))

    def step(model: nn.Module, index: int, generator: torch.Generator) -> dict[str, Tensor]:
        if index == stop_at:
            raise Interruption
        x = data[torch.randint(40, (8,), generator=generator)].cuda()
        return {"loss": (model(x)[:, 0] - x.sum(1)).square().mean()}

    return dataclasses.replace(_task(config), step=step)
