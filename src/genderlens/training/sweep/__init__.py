"""Many trainings of one recipe's variations, side by side in one table.

A sweep's folder holds ``sweep.json`` (its rows, written before anything trains), a run folder for
each row under ``rows/``, ``inference.json`` and, brought up to date after each row, the table as
``table.md``, ``table.csv``, ``table.json`` and ``table.png``. Finished rows keep their best and
last weights; the checkpoints that only an unfinished run needs are dropped.
"""
