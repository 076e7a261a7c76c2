"""The command line in a process that dies with its holder.

``python -m genderlens.jobs.child_process ARGUMENTS`` runs ``genderlens ARGUMENTS``.

Whoever starts it holds the other end of its standard input. When that end closes, even by a kill
of the holder, the whole process group goes: nobody trains on into a run folder that a new worker
takes over. It runs at low priority, for predictions come first.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def _die_with_holder() -> None:
    while os.read(0, 1024):
        pass
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    """Watch, then run the command."""
    threading.Thread(target=_die_with_holder, daemon=True).start()
    os.nice(10)
    runpy.run_module("genderlens", run_name="__main__")


if __name__ == "__main__":
    sys.argv[0] = "genderlens"
    main()
