"""Stands in for the interpreter that trains: leaves the marks of a training and an export, fast.

Run as ``standin -m genderlens.jobs.child_process COMMAND …``. Beside the script lie ``epochs`` (how
many, of 30 ms each), ``fail`` and ``fail_late`` (exit with its text, before or after the epochs),
``holds`` (the path of a decoded copy that it uses while it trains), and the folder ``bundles``, of
which an export takes one for each job, in turn.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent


def write(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text)
    partial.rename(path)


def train(out: Path) -> None:
    if (HERE / "holds").exists():
        descriptor = os.open((HERE / "holds").read_text(), os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    out.mkdir(parents=True, exist_ok=True)
    rows = ["epoch,train_loss,calibration_accuracy"]
    for epoch in range(int((HERE / "epochs").read_text())):
        time.sleep(0.03)
        rows.append(f"{epoch},0.5,0.75")
        write(out / "curves.csv", "\n".join(rows) + "\n")
    if (HERE / "fail_late").exists():
        sys.exit((HERE / "fail_late").read_text())
    write(out / "run.json", json.dumps({"fine": True}))


def export(out: Path) -> None:
    taken = out.parent / "taken"
    if not taken.exists():
        bundles = sorted((HERE / "bundles").iterdir())
        used = {path.read_text() for path in out.parent.parent.glob("*/taken")}
        taken.write_text(next((b.name for b in bundles if b.name not in used), bundles[0].name))
    partial = out.with_name(".bundle.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(HERE / "bundles" / taken.read_text(), partial)
    partial.rename(out)


def main() -> None:
    command, out = sys.argv[3], Path(sys.argv[sys.argv.index("--out") + 1])
    if (HERE / "fail").exists():
        sys.stderr.write("a line before\n")
        sys.exit((HERE / "fail").read_text())
    if (HERE / "die").exists():
        os.kill(os.getpid(), 9)
    train(out) if command == "train" else export(out)


if __name__ == "__main__":
    main()
