"""One training loop for every module, with what it needs: schedules, seeds, checkpoints, logs."""
