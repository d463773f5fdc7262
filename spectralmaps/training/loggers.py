"""Loss curves on disk: CSV and TensorBoard writers with one interface.

Both satisfy ``spectralmaps.training.loop.StepLog``. A log follows a run while it goes on, so it is
written line by line; after an interruption ``rewind`` drops the steps that will be made again.
"""

import csv
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from spectralmaps.files import atomic_path


class CsvLog:
    """One row a logged step: ``step``, then one column a value.

    Parameters
    ----------
    path
        File to write; rows of an earlier run stand until ``rewind`` is called.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.columns: list[str] = []

    def rewind(self, step: int) -> None:
        """Drop all rows later than ``step``, and a last row that was cut off."""
        rows = self._rows()
        self.columns = list(rows[0]) if rows and step > 0 else []
        kept = [row for row in rows if None not in row.values() and int(row["step"]) <= step]
        with atomic_path(self.path) as temporary, temporary.open("w", newline="") as file:
            if self.columns:
                writer = csv.DictWriter(file, self.columns)
                writer.writeheader()
                writer.writerows(kept)

    def write(self, step: int, values: dict[str, float]) -> None:
        """Append one row.

        Raises
        ------
        ValueError
            If the names of the values are not those of the first row.
        """
        row = {"step": step, **values}
        with self.path.open("a", newline="") as file:
            if not self.columns:
                self.columns = list(row)
                csv.DictWriter(file, self.columns).writeheader()
            if list(row) != self.columns:
                raise ValueError(f"{self.path}: columns are {self.columns}, values {list(row)}")
            csv.DictWriter(file, self.columns).writerow(row)

    def close(self) -> None:
        """Nothing stays open between rows."""

    def _rows(self) -> list[dict[str, str]]:
        if not self.path.exists():
            return []
        with self.path.open(newline="") as file:
            return list(csv.DictReader(file))


class TensorBoardLog:
    """One TensorBoard scalar a value.

    Parameters
    ----------
    folder
        Folder of the event files. A resumed run adds a file that tells TensorBoard to forget the
        steps made again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.writer: SummaryWriter | None = None

    def rewind(self, step: int) -> None:
        """Start an event file that replaces all steps later than ``step``."""
        self.close()
        self.writer = SummaryWriter(str(self.folder), purge_step=step + 1)

    def write(self, step: int, values: dict[str, float]) -> None:
        """Add one point to the curve of each value.

        Raises
        ------
        ValueError
            If ``rewind`` was not called first.
        """
        if self.writer is None:
            raise ValueError("call rewind(step) before write, with the step to go on from")
        for name, value in values.items():
            self.writer.add_scalar(name, value, step)
        self.writer.flush()

    def close(self) -> None:
        """Close the event file."""
        if self.writer is not None:
            self.writer.close()
            self.writer = None
