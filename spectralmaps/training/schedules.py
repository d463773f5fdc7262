"""Scalars that change over training: learning rate, weight of a loss term, frequency cutoff.

Pure functions of the step (the number of steps already made, from 0). They hold no state, so a
resumed run needs nothing but its step.

References
----------
.. [1] Fu et al. (2019), Cyclical annealing schedule: a simple
   approach to mitigating KL vanishing, NAACL-HLT. doi:10.18653/v1/N19-1021
.. [2] Loshchilov and Hutter (2017), SGDR: stochastic gradient descent with warm restarts, ICLR,
   equation 5 (cosine). arXiv:1608.03983
"""

import math


def constant(value: float) -> float:
    """The same value at every step."""
    return value


def linear(step: int, start: float, end: float, n_steps: int) -> float:
    """Straight line from ``start`` at step 0 to ``end`` at step ``n_steps``, then ``end``."""
    return start + (end - start) * _fraction(step, n_steps)


def exponential(step: int, start: float, end: float, n_steps: int) -> float:
    """Geometric path from ``start`` at step 0 to ``end`` at ``n_steps``, then ``end``.

    Raises
    ------
    ValueError
        If ``start`` or ``end`` is not positive.
    """
    if start <= 0 or end <= 0:
        raise ValueError(f"start and end must be positive, were {start} and {end}")
    return start * (end / start) ** _fraction(step, n_steps)


def cosine(step: int, start: float, end: float, n_steps: int) -> float:
    """Half cosine from ``start`` at step 0 to ``end`` at step ``n_steps``, then ``end`` [2]_."""
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * _fraction(step, n_steps)))


def step_decay(step: int, start: float, factor: float, period: int) -> float:
    """``start``, multiplied by ``factor`` after each ``period`` steps (0.9 each 1000)."""
    return start * factor ** (step // period)


def cyclical(step: int, low: float, high: float, period: int) -> float:
    """Repeated ramps from ``low`` to ``high``, each of ``period`` steps [1]_.

    With t = step modulo period the ramp is
    ``low + (high - low) (1 + sin(pi (t / period - 1/2))) / 2``.
    """
    phase = (step % period) / period
    return low + (high - low) * 0.5 * (1 + math.sin(math.pi * (phase - 0.5)))


def warm_up(step: int, n_steps: int) -> float:
    """Factor that grows in a straight line to 1 over the first ``n_steps`` steps.

    It is 1 / n_steps at step 0, so that the first step is not lost; 1 throughout for
    ``n_steps`` 0.
    """
    return min(1.0, (step + 1) / n_steps) if n_steps else 1.0


def _fraction(step: int, n_steps: int) -> float:
    """Share of the path that is done, in [0, 1]."""
    return min(max(step / n_steps, 0.0), 1.0)
