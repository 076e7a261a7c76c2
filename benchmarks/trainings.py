"""What a finished sweep found, as figures for the documents.

``genderlens sweep architectures --data SOURCE --out runs/architectures`` trains for hours; then
run ``python benchmarks/trainings.py runs/architectures [runs/portraits ...]``. Writes
``docs/figures/sweep_NAME.json`` with the sweep's table, its date and its class of machine.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

OUT = Path(__file__).parents[1] / "docs" / "figures"


def collect(sweep: Path) -> dict[str, Any]:
    """The table of a sweep's folder, when its last row was trained, and on what."""
    table = read(sweep / "table.json")
    runs = [sweep / "rows" / row["folder"] for row in table["rows"] if row["state"] == "finished"]
    if not runs:
        sys.exit(f"{sweep} has no finished row; give the command again to go on with it")
    return {
        "date": max(read(run / "run.json")["finished"] for run in runs)[:10],
        "machine": ", ".join(sorted({machine_of(read(run / "environment.json")) for run in runs})),
        "rows": table["rows"],
    }


def machine_of(environment: dict[str, Any]) -> str:
    """The class of machine that a run was trained on."""
    gpus = ", ".join(environment["gpus"]) or "no GPU"
    return f"{environment['cpus']} CPUs, {environment['machine']}, {environment['system']}, {gpus}"


def read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return data


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit("give the folders of finished sweeps")
    for sweep in map(Path, sys.argv[1:]):
        content = json.dumps(collect(sweep), indent=2)
        (OUT / f"sweep_{sweep.resolve().name}.json").write_text(content + "\n", "utf-8")


if __name__ == "__main__":
    main()
