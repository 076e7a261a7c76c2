"""A whole run to OUT.whole; then one to OUT, killed ten times before it may end.

``kill_often.py SOURCE OUT SEED``

A process of its own, because it forks: the package is imported once, each run is a fork of that.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import genderlens.labelling.run as labelling_run
from genderlens.errors import LabellingError
from labelling.jobs import QUIET, FakePredictor, inline, make_job


def main(source: str, out: str, seed: str) -> None:
    child = start(source, out)
    os.waitpid(child, 0)
    Path(out).rename(out + ".whole")
    moments = random.Random(seed)
    for _ in range(10):
        child = start(source, out)
        time.sleep(moments.uniform(0.02, 0.3))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        sys.stdout.write("killed\n" if os.WIFSIGNALED(status) else "ended\n")
    os.waitpid(start(source, out), 0)


def start(source: str, out: str) -> int:
    """The process id of a run."""
    child = os.fork()
    if not child:
        run(source, Path(out))
    return child


def run(source: str, out: Path) -> None:
    labelling_run.load_engine = lambda _: inline(FakePredictor(delay_s=0.004))
    job = make_job(source, out, crops=out / "crops", uncertain_to=out / "doubt", fingerprints=True)
    try:
        labelling_run.run_job(job, QUIET)
    except LabellingError as error:
        sys.stderr.write(error.message)
        os._exit(8)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
