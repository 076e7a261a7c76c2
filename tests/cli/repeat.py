"""``python repeat.py CASES.json TIMES FOLDER``: runs every command line so often, prints the codes.

Each run is a fork of one process that has imported the heavy libraries and started nothing, so a
run costs what the command does itself. It goes through the same ``main`` and the same end of the
interpreter as a shell's. What it prints goes to FOLDER, one file for each case.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
from pathlib import Path

from genderlens.cli.app import main
from genderlens.graphs.runtime import import_onnxruntime

HEAVY = """
    numpy PIL.Image pyarrow.parquet rich.table genderlens.data.inspection genderlens.data.readers
    genderlens.evaluation.assessment genderlens.inference.predictor genderlens.labelling.run
"""
AT_A_TIME = 4


def warm() -> None:
    """Everything that takes long to import; Arrow makes its threads anew in every fork."""
    import_onnxruntime()
    for name in HEAVY.split():
        importlib.import_module(name)
    gc.freeze()


def start(case: int, words: list[str], folder: Path) -> int:
    """The process number of the run, 0 in the run itself, which then is the command."""
    number = os.fork()
    if number:
        return number
    file = os.open(folder / f"{case}.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(file, stream)
    sys.argv = ["genderlens", *words]
    return 0


def repeat(cases: list[list[str]], times: int, folder: Path) -> list[list[int]] | None:
    """The exit codes of each case (-6: aborted); None in a run."""
    codes: list[list[int]] = [[] for _ in cases]
    running: dict[int, int] = {}
    # One after the other, so that no two runs of a case meet in the folder that it writes.
    todo = [case for _ in range(times) for case in range(len(cases))]
    while todo or running:
        while todo and len(running) < AT_A_TIME:
            case = todo.pop()
            number = start(case, cases[case], folder)
            if not number:
                return None
            running[number] = case
        number, status = os.wait()
        codes[running.pop(number)].append(os.waitstatus_to_exitcode(status))
    return codes


if __name__ == "__main__":
    warm()
    found = repeat(json.loads(Path(sys.argv[1]).read_text()), int(sys.argv[2]), Path(sys.argv[3]))
    if found is None:
        main()
    else:
        sys.stdout.write(json.dumps(found))
