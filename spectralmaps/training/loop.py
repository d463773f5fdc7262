"""The training loop of every module: steps, schedule, checkpoints, and resuming to the same bytes.

Why not Lightning: a run that is interrupted and resumed has to end with the weights, bit for bit,
of a run that was not. That needs the state of the weights, of the optimiser and of all random
generators, and batches that follow from the step: a few dozen lines here, against a large
dependency with callbacks around the one thing that matters. A learning rate is a pure function
of the step (``schedules``), so there is no scheduler whose state could be lost.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from spectralmaps.errors import InputError
from spectralmaps.logs import progress
from spectralmaps.training.checkpoints import load_state, save_state
from spectralmaps.training.devices import choose_device
from spectralmaps.training.seeds import derived_seed, seeded_generator
from spectralmaps.training.settings import LoopConfig, learning_rate
from spectralmaps.training.weights import KEEPERS, WeightKeeper

LOGGER = logging.getLogger(__name__)
LOSS = "loss"
MEMBER_LOSSES = "member_losses"

Entry = dict[str, int | float]
Step = Callable[[nn.Module, int, torch.Generator], dict[str, Tensor]]


class DivergenceError(InputError):
    """Training has failed, by a loss that is not finite say: the settings have to change."""


@runtime_checkable
class StepLog(Protocol):
    """Where values of logged steps go (``loggers.CsvLog``, ``loggers.TensorBoardLog``)."""

    def rewind(self, step: int) -> None:
        """Drop everything later than ``step``; called once, before the first step."""
        ...

    def write(self, step: int, values: dict[str, float]) -> None:
        """Add the values after ``step`` steps."""
        ...


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is trained.

    Attributes
    ----------
    name
        A few words for the progress line and for errors.
    model
        Moved to the device of the configuration and changed in place.
    optimiser
        Over the model's parameters (``settings.build_optimiser``); the loop sets its rate.
    step
        From the model, the number of steps made so far and a CPU generator to the named terms of
        the loss, scalars; the one named ``"loss"`` is minimised. All random choices of the batch
        come from the generator, so a resumed run sees the same batches. A term
        ``"member_losses"`` [member] tells ``lowest_loss`` that the model is many in one.
    evaluate
        Further values to log, from the model in evaluation mode without gradients; or ``None``.
    identity
        Text that changes with the model and with the data, for example a hash; a checkpoint of
        another run is refused by it.
    """

    name: str
    model: nn.Module
    optimiser: Optimizer
    step: Step
    evaluate: Callable[[nn.Module], dict[str, float]] | None
    identity: str


@dataclass(kw_only=True)
class _Run:
    """State of a run beside its model and optimiser."""

    task: Task
    config: LoopConfig
    seed: int
    device: torch.device
    generator: torch.Generator
    keeper: WeightKeeper
    step: int = 0
    history: list[Entry] = field(default_factory=list)

    def identity(self) -> dict[str, Any]:
        """Everything that decides the result of the run."""
        config = {k: v for k, v in asdict(self.config).items() if k != "checkpoint_every"}
        config["device"] = self.device.type
        return {**config, "seed": self.seed, "identity": self.task.identity}


def train(
    task: Task,
    config: LoopConfig,
    seed: int,
    checkpoint: Path | None,
    logs: Sequence[StepLog],
) -> list[Entry]:
    """Train a model in place; go on from the checkpoint if there is one.

    Parameters
    ----------
    task
        Model, optimiser and loss.
    config
        Settings.
    seed
        Decides the batches and all other random choices; the model comes initialised. The
        global generators are as before afterwards.
    checkpoint
        File for the state of the run; ``None`` for none. It stays when the run is complete, and
        another call then returns at once with the same weights.
    logs
        Writers of loss curves; the caller closes them.

    Returns
    -------
    One entry a logged step: ``step`` (steps made, from 1), ``learning_rate``, the terms of the
    loss and what ``evaluate`` gave. It covers the whole run, also after resuming.

    Raises
    ------
    DivergenceError
        If the loss is not finite; names the step and the terms.
    InputError
        If the checkpoint cannot be read or belongs to another run.
    """
    device = choose_device(config.device)
    task.model.to(device).train()
    run = _Run(
        task=task,
        config=config,
        seed=seed,
        device=device,
        generator=seeded_generator(seed, "batches"),
        keeper=KEEPERS[config.weights](),
    )
    with _own_generators(device, derived_seed(seed, "global")), _products(config.precision):
        if checkpoint is not None and checkpoint.exists():
            _resume(run, checkpoint)
        for log in logs:
            log.rewind(run.step)
        for _ in progress(range(run.step, config.n_steps), task.name, config.n_steps - run.step):
            _advance(run, checkpoint, logs)
    run.keeper.apply(task.model)
    task.model.eval()
    return run.history


def _advance(run: _Run, checkpoint: Path | None, logs: Sequence[StepLog]) -> None:
    """One step, with its log entry and its checkpoint where they are due."""
    terms = _update(run)
    rate = learning_rate(run.config, run.step)
    run.step += 1
    last = run.step == run.config.n_steps
    if last or run.step % run.config.log_every == 0:
        values = {"learning_rate": rate} | {k: v.item() for k, v in terms.items() if v.ndim == 0}
        values |= _evaluate(run.task)
        run.history.append({"step": run.step, **values})
        for log in logs:
            log.write(run.step, values)
    every = run.config.checkpoint_every
    if checkpoint is not None and (last or (every and run.step % every == 0)):
        save_state(checkpoint, _state(run))


def _update(run: _Run) -> dict[str, Tensor]:
    """One optimiser step; returns the terms of the loss before it."""
    task, config = run.task, run.config
    for group in task.optimiser.param_groups:
        group["lr"] = learning_rate(config, run.step)
    task.optimiser.zero_grad(set_to_none=True)
    half = config.precision == "bf16"
    with torch.autocast(run.device.type, dtype=torch.bfloat16, enabled=half):
        terms = task.step(task.model, run.step, run.generator)
    _check_finite(task.name, run.step, terms)
    run.keeper.update(task.model, terms.get(MEMBER_LOSSES, terms[LOSS]))
    terms[LOSS].backward()
    if config.gradient_clip_norm:
        nn.utils.clip_grad_norm_(task.model.parameters(), config.gradient_clip_norm)
    task.optimiser.step()
    return terms


def _evaluate(task: Task) -> dict[str, float]:
    """Values of ``task.evaluate``, with the model back in training mode afterwards."""
    if task.evaluate is None:
        return {}
    task.model.eval()
    with torch.no_grad():
        values = task.evaluate(task.model)
    task.model.train()
    return values


def _check_finite(name: str, step: int, terms: dict[str, Tensor]) -> None:
    """Raise a ``DivergenceError`` with the step and all terms if the loss is not finite."""
    if torch.isfinite(terms[LOSS]):
        return
    found = ", ".join(f"{term} {value.item():g}" for term, value in terms.items() if not value.ndim)
    raise DivergenceError(
        f"{name}: the loss is not finite at step {step + 1} ({found}); lower learning_rate,"
        " set gradient_clip_norm, or look for extreme values in the data"
    )


def _state(run: _Run) -> dict[str, Any]:
    """Everything that the rest of the run depends on."""
    cuda = run.device.type == "cuda"
    return {
        "identity": run.identity(),
        "model": run.task.model.state_dict(),
        "optimiser": run.task.optimiser.state_dict(),
        "keeper": run.keeper.state_dict(),
        "step": run.step,
        "history": run.history,
        "generator": run.generator.get_state(),
        "torch_rng": torch.get_rng_state(),
        "cuda_rng": torch.cuda.get_rng_state() if cuda else None,
    }


def _resume(run: _Run, checkpoint: Path) -> None:
    """Bring a run to the state of a checkpoint."""
    state = load_state(checkpoint)
    _check_identity(checkpoint, state.get("identity", {}), run.identity())
    run.task.model.load_state_dict(state["model"])
    run.task.optimiser.load_state_dict(state["optimiser"])
    run.keeper.load_state_dict(_moved(state["keeper"], run.device))
    run.step, run.history = state["step"], state["history"]
    run.generator.set_state(state["generator"])
    torch.set_rng_state(state["torch_rng"])
    if run.device.type == "cuda":
        torch.cuda.set_rng_state(state["cuda_rng"])
    LOGGER.info("%s goes on from step %d of %s", run.task.name, run.step, checkpoint)


def _check_identity(checkpoint: Path, found: dict[str, Any], expected: dict[str, Any]) -> None:
    """Raise an ``InputError`` that names the first setting in which two runs differ."""
    for key, value in expected.items():
        if found.get(key) != value:
            raise InputError(
                f"{checkpoint}: belongs to another run, {key} is {found.get(key)!r} there and"
                f" {value!r} here; delete it to train from the start, or restore that setting"
            )


def _moved(values: Any, device: torch.device) -> Any:
    """The same nested dictionary with its tensors on a device."""
    if isinstance(values, dict):
        return {name: _moved(value, device) for name, value in values.items()}
    return values.to(device) if isinstance(values, Tensor) else values


@contextmanager
def _own_generators(device: torch.device, seed: int) -> Iterator[None]:
    """Seed PyTorch's global generators (dropout and the like) and restore them afterwards."""
    devices = [torch.cuda.current_device()] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        yield


@contextmanager
def _products(precision: str) -> Iterator[None]:
    """Let a GPU round factors of products and convolutions for ``tf32`` alone; restored after.

    Without this cuDNN would round those of convolutions in any case.
    """
    products, cudnn = torch.get_float32_matmul_precision(), torch.backends.cudnn
    convolutions = cudnn.allow_tf32
    torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
    cudnn.allow_tf32 = precision == "tf32"
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(products)
        cudnn.allow_tf32 = convolutions
