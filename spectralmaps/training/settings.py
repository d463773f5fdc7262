"""Settings of a training run, with the learning rate and the optimiser that follow from them."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn
from torch.optim import AdamW, Optimizer

from spectralmaps.errors import InputError
from spectralmaps.training import schedules
from spectralmaps.training.weights import check_keeper

PRECISIONS = ("fp32", "tf32", "bf16")

Schedule = Callable[["LoopConfig", int], float]

SCHEDULES: dict[str, Schedule] = {
    "constant": lambda c, t: schedules.constant(c.learning_rate),
    "linear": lambda c, t: schedules.linear(t, c.learning_rate, _end(c), c.n_steps),
    "exponential": lambda c, t: schedules.exponential(t, c.learning_rate, _end(c), c.n_steps),
    "cosine": lambda c, t: schedules.cosine(t, c.learning_rate, _end(c), c.n_steps),
    "step": lambda c, t: schedules.step_decay(
        t, c.learning_rate, c.schedule_factor, c.schedule_period
    ),
    "cyclical": lambda c, t: schedules.cyclical(t, _end(c), c.learning_rate, c.schedule_period),
}


@dataclass(frozen=True, kw_only=True)
class LoopConfig:
    """Settings of one training run.

    Attributes
    ----------
    n_steps
        Number of optimiser steps.
    learning_rate
        Highest learning rate of the schedule.
    schedule
        ``constant``, ``linear``, ``exponential``, ``cosine``, ``step`` or ``cyclical``.
    schedule_factor
        ``step``: factor after each period; ``cyclical``: lowest rate as a share of
        ``learning_rate``; ``linear``, ``exponential``, ``cosine``: the same share, reached at the
        last step. Without effect for ``constant``.
    schedule_period
        Steps of one period of ``step`` and ``cyclical``; without effect otherwise.
    warmup_steps
        Steps over which the rate grows from near 0; 0 for none.
    weight_decay
        Decoupled weight decay (AdamW); 0 gives Adam.
    gradient_clip_norm
        Largest norm of the gradient over all weights; 0 for no limit.
    precision
        ``fp32``; ``tf32``, the same with shorter factors in the products and convolutions of a GPU
        (TensorFloat-32, about three decimal digits; no difference on a CPU); or ``bf16`` for
        autocast to bfloat16 in the forward pass.
    weights
        ``final``, or ``lowest_loss`` for the weights of the lowest training loss.
    checkpoint_every
        Steps between two checkpoints; 0 for one at the end only.
    log_every
        Steps between two logged values; the last step is always logged.
    device
        ``auto``, ``cpu`` or ``cuda``.
    """

    n_steps: int
    learning_rate: float
    schedule: str
    schedule_factor: float
    schedule_period: int
    warmup_steps: int
    weight_decay: float
    gradient_clip_norm: float
    precision: str
    weights: str
    checkpoint_every: int
    log_every: int
    device: str

    def __post_init__(self) -> None:
        """Check names and bounds."""
        _check_choice("schedule", self.schedule, tuple(SCHEDULES))
        _check_choice("precision", self.precision, PRECISIONS)
        check_keeper(self.weights)
        for name in ("n_steps", "learning_rate", "schedule_factor", "schedule_period", "log_every"):
            if getattr(self, name) <= 0:
                raise InputError(f"{name}: expected more than 0, found {getattr(self, name)}")
        for name in ("warmup_steps", "weight_decay", "gradient_clip_norm", "checkpoint_every"):
            if getattr(self, name) < 0:
                raise InputError(f"{name}: expected at least 0, found {getattr(self, name)}")


def build_optimiser(model: nn.Module, config: LoopConfig) -> Optimizer:
    """AdamW over all weights; Adam where ``weight_decay`` is 0."""
    return AdamW(model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)


def learning_rate(config: LoopConfig, step: int) -> float:
    """Learning rate of the step after ``step`` steps."""
    return SCHEDULES[config.schedule](config, step) * schedules.warm_up(step, config.warmup_steps)


def _check_choice(key: str, value: str, choices: tuple[str, ...]) -> None:
    """Raise an ``InputError`` if a name is not among the choices."""
    if value not in choices:
        raise InputError(f"{key}: expected one of {', '.join(choices)}, found {value!r}")


def _end(config: LoopConfig) -> float:
    """Lowest learning rate of a schedule."""
    return config.learning_rate * config.schedule_factor
