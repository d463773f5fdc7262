"""Agreement of predictions with measurements and calibration of their uncertainty, per column.

All functions take arrays of one shape (rows are samples, columns are genes or channels) and
return one number a column.
"""

import math
from statistics import NormalDist

import numpy as np
from jaxtyping import Float

Table = Float[np.ndarray, "row column"]
PerColumn = Float[np.ndarray, " column"]


def r2(target: Table, prediction: Table) -> PerColumn:
    """Coefficient of determination of each column; 1 is perfect, 0 is as good as the mean.

    Parameters
    ----------
    target, prediction
        Measured and predicted values; one unit.

    Returns
    -------
    One minus squared error over squared deviation from the column's mean, at most 1. NaN, without
    a warning, for a column whose target is constant: there is no variance to explain.

    Raises
    ------
    ValueError
        If the shapes differ, there are no rows or a value is not finite.
    """
    _check(target=target, prediction=prediction)
    residual = np.square(target - prediction).sum(axis=0)
    total = np.square(target - target.mean(axis=0)).sum(axis=0)
    return 1 - _ratio(residual, total, defined=np.ptp(target, axis=0) > 0)


def pearson(target: Table, prediction: Table) -> PerColumn:
    """Pearson correlation of each column, in [-1, 1].

    Parameters
    ----------
    target, prediction
        Measured and predicted values.

    Returns
    -------
    Correlation; NaN, without a warning, for a column in which either is constant.

    Raises
    ------
    ValueError
        If the shapes differ, there are no rows or a value is not finite.
    """
    _check(target=target, prediction=prediction)
    x, y = target - target.mean(axis=0), prediction - prediction.mean(axis=0)
    lengths = np.linalg.norm(x, axis=0) * np.linalg.norm(y, axis=0)
    varies = (np.ptp(target, axis=0) > 0) & (np.ptp(prediction, axis=0) > 0)
    return np.clip(_ratio((x * y).sum(axis=0), lengths, defined=varies & (lengths > 0)), -1, 1)


def rmse(target: Table, prediction: Table) -> PerColumn:
    """Root mean squared error of each column, in the unit of the target.

    Parameters
    ----------
    target, prediction
        Measured and predicted values; one unit.

    Raises
    ------
    ValueError
        If the shapes differ, there are no rows or a value is not finite.
    """
    _check(target=target, prediction=prediction)
    return np.sqrt(np.square(target - prediction).mean(axis=0))


def coverage(target: Table, mean: Table, std: Table, level: float) -> PerColumn:
    """Share of measurements inside the central Gaussian interval of a level, per column.

    Calibrated uncertainty has a coverage equal to the level.

    Parameters
    ----------
    target, mean, std
        Measured values, predicted means and predicted standard deviations; one unit.
    level
        Probability mass of the interval, between 0 and 1.

    Returns
    -------
    Shares in [0, 1].

    Raises
    ------
    ValueError
        If the level is not strictly between 0 and 1, a standard deviation is negative, the
        shapes differ, there are no rows or a value is not finite.
    """
    _check(target=target, mean=mean, std=std)
    _check_std(std, allow_zero=True)
    return (np.abs(target - mean) <= _half_width(level) * std).mean(axis=0)


def calibration_curve(
    target: Table, mean: Table, std: Table, levels: Float[np.ndarray, " level"]
) -> Float[np.ndarray, "level column"]:
    """Coverage at each of several levels: the observed against the nominal share.

    Parameters
    ----------
    target, mean, std
        Measured values, predicted means and predicted standard deviations; one unit.
    levels
        Nominal shares, strictly between 0 and 1.

    Returns
    -------
    Observed shares in [0, 1]; they do not fall as the level rises.

    Raises
    ------
    ValueError
        As ``coverage``.
    """
    return np.stack([coverage(target, mean, std, float(level)) for level in levels])


def miscalibration(
    levels: Float[np.ndarray, " level"], observed: Float[np.ndarray, "level column"]
) -> PerColumn:
    """Mean absolute difference of observed and nominal shares over the levels.

    Parameters
    ----------
    levels
        Nominal shares.
    observed
        Shares found at those levels, as from ``calibration_curve``.

    Returns
    -------
    Numbers in [0, 1]; 0 is perfect calibration at every level.

    Raises
    ------
    ValueError
        If there is not one row of shares for each level.
    """
    if len(levels) != len(observed) or len(levels) == 0:
        raise ValueError(
            f"observed: expected one row for each of {len(levels)} levels, got {len(observed)} rows"
        )
    return np.abs(observed - levels[:, None]).mean(axis=0)


def continuous_ranked_probability(target: Table, mean: Table, std: Table) -> PerColumn:
    """Mean continuous ranked probability score of Gaussian predictions, per column.

    It generalises the absolute error to predictions with uncertainty; smaller is better and the
    true distribution has the smallest expectation.

    Parameters
    ----------
    target, mean, std
        Measured values, predicted means and predicted standard deviations; one unit.

    Returns
    -------
    Scores in the unit of the target, not negative.

    Raises
    ------
    ValueError
        If a standard deviation is not positive, the shapes differ, there are no rows or a value
        is not finite.

    References
    ----------
    .. [1] Gneiting and Raftery (2007), Strictly proper scoring rules, equation 21.
       doi:10.1198/016214506000001437
    """
    _check(target=target, mean=mean, std=std)
    _check_std(std, allow_zero=False)
    z = (target - mean) / std
    density = np.exp(-np.square(z) / 2) / math.sqrt(2 * math.pi)
    # 2 Phi(z) - 1 = erf(z / sqrt 2); NumPy has no error function.
    two_sided = np.vectorize(math.erf, otypes=[float])(z / math.sqrt(2))
    return (std * (z * two_sided + 2 * density - 1 / math.sqrt(math.pi))).mean(axis=0)


def _half_width(level: float) -> float:
    """Standard deviations on each side of the mean that hold the share ``level``."""
    if not 0 < level < 1:
        raise ValueError(f"level: expected a share strictly between 0 and 1, got {level}")
    return NormalDist().inv_cdf((1 + level) / 2)


def _ratio(numerator: np.ndarray, denominator: np.ndarray, defined: np.ndarray) -> np.ndarray:
    """Quotient where it is defined, NaN elsewhere."""
    return np.divide(numerator, denominator, out=np.full(len(denominator), np.nan), where=defined)


def _check(target: np.ndarray, **others: np.ndarray) -> None:
    if target.ndim != 2 or len(target) == 0:
        raise ValueError(f"target: expected rows x columns, got the shape {target.shape}")
    for name, values in {"target": target, **others}.items():
        if values.shape != target.shape:
            raise ValueError(f"{name}: expected the shape {target.shape}, got {values.shape}")
        if not np.isfinite(values).all():
            raise ValueError(f"{name}: expected finite values, got NaN or infinity")


def _check_std(std: np.ndarray, allow_zero: bool) -> None:
    if (std < 0).any() or (not allow_zero and (std == 0).any()):
        wanted = "standard deviations of at least 0" if allow_zero else "positive deviations"
        raise ValueError(f"std: expected {wanted}, got a smallest of {std.min()}")
