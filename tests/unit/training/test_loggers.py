"""Loss curves on disk hold every step once, also after a resumed run."""

import csv

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from spectralmaps.training.loggers import CsvLog, TensorBoardLog


def _csv_steps(path):
    with path.open(newline="") as file:
        return [(int(row["step"]), float(row["loss"])) for row in csv.DictReader(file)]


def _tensorboard_steps(folder):
    events = EventAccumulator(str(folder)).Reload()
    return [(event.step, event.value) for event in events.Scalars("loss")]


@pytest.mark.parametrize(
    ("log_type", "read"), [(CsvLog, _csv_steps), (TensorBoardLog, _tensorboard_steps)]
)
def test_steps_made_again_replace_the_older_ones(tmp_path, log_type, read):
    path = tmp_path / "log"
    first = log_type(path)
    first.rewind(0)
    for step in (1, 2, 3, 4):
        first.write(step, {"loss": float(step)})
    first.close()
    resumed = log_type(path)
    resumed.rewind(2)
    for step in (3, 4, 5):
        resumed.write(step, {"loss": 10.0 * step})
    resumed.close()
    assert read(path) == [(1, 1.0), (2, 2.0), (3, 30.0), (4, 40.0), (5, 50.0)]


@pytest.mark.parametrize(
    ("log_type", "read"), [(CsvLog, _csv_steps), (TensorBoardLog, _tensorboard_steps)]
)
def test_fresh_run_forgets_an_older_one(tmp_path, log_type, read):
    path = tmp_path / "log"
    for value in (1.0, 2.0):
        log = log_type(path)
        log.rewind(0)
        log.write(1, {"loss": value})
        log.close()
    assert read(path) == [(1, 2.0)]


def test_csv_row_that_was_cut_off_is_dropped(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("step,loss,rate\n1,0.5,0.1\n2,0.")
    CsvLog(path).rewind(2)
    assert _csv_steps(path) == [(1, 0.5)]


def test_csv_columns_are_those_of_the_first_row(tmp_path):
    log = CsvLog(tmp_path / "log.csv")
    log.rewind(0)
    log.write(1, {"loss": 1.0})
    with pytest.raises(ValueError, match=r"columns are \['step', 'loss'\], values \['step', 'x'\]"):
        log.write(2, {"x": 1.0})


def test_tensorboard_needs_to_know_where_it_goes_on(tmp_path):
    with pytest.raises(ValueError, match="call rewind"):
        TensorBoardLog(tmp_path).write(1, {"loss": 1.0})
