"""The twin of a block that takes hours, or data that is not here: the same commands, made small.

Every command stays, with all its options. Trainings get a tiny network for one epoch; ``PHOTOS``
and data sets beside the repository give way to a small labelled set with the columns that guides
speak of; make tells its steps and does not take them; a service that runs until it is stopped is
stopped once it is healthy.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
LABELLED: Final = "labelled.csv"
_TINY: Final = (
    "phases=[{epochs: 1}]",
    "input={size_px: 32}",
    "data={store_px: 40, calibration_fraction: 0.25}",
    "model={architecture: compact_resnet, options: {channels: [8, 8, 8, 8]}}",
    "optim={batch_size: 8}",
)
_SHIM: Final = """#!/bin/sh
case "$1" in
train) exec {real} "$@" {tiny} ;;
serve) ;;
*) exec {real} "$@" ;;
esac
{real} "$@" & service=$!
for second in $(seq 120); do
  {python} -c 'import os, urllib.request as u
u.urlopen("http://127.0.0.1:" + os.environ["GENDERLENS_PORT"] + "/health/live", timeout=2)' \
    2>/dev/null && break
  sleep 1
done
kill -INT $service
wait $service
"""
_MAKE: Final = """#!/bin/sh
exec /usr/bin/env -i PATH=/usr/bin:/bin make -n -C {root} "$@"
"""


def small_twin(text: str, folder: Path) -> str:
    """The text with the twin's data, behind a PATH on which commands are small."""
    data = _write_labelled(folder)
    shims = _write_shims(folder)
    text = re.sub(r"(?<![\w/.])\.venv(-dev)?/bin/genderlens\b", "genderlens", text)
    text = re.sub(r"(?<=--data )(\.\./shared/data/\w+|PHOTOS)\b", data, text)
    text = re.sub(r"\bgenderlens serve(?=.*&$)", "genderlens-serve", text, flags=re.M)
    return f'PATH="{shims}:$PATH"\n{text}'


def _write_labelled(folder: Path) -> str:
    """Every picture of PHOTOS with groups, people and a split."""
    path = folder / LABELLED
    files = sorted((folder / "PHOTOS").glob("*/*"))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["file", "label", "race", "age", "subject", "split"])
        for number, file in enumerate(files):
            groups = ("Black", "White")[number % 2], ("20-29", "30-39")[number // 2 % 2]
            split = ("train", "train", "val", "train", "test")[number % 5]
            name = file.relative_to(folder).as_posix()
            writer.writerow([name, file.parent.name, *groups, f"person {number}", split])
    return LABELLED


def _write_shims(folder: Path) -> Path:
    place = folder / "small"
    place.mkdir(exist_ok=True)
    real = Path(sys.executable).parent / "genderlens"
    tiny = " ".join(f"'--set={change}'" for change in _TINY)
    shims = {
        "genderlens": _SHIM.format(real=real, tiny=tiny, python=sys.executable),
        "genderlens-serve": f'#!/bin/sh\nexec {real} serve "$@"\n',
        "make": _MAKE.format(root=ROOT),
    }
    for name, text in shims.items():
        (place / name).write_text(text, "utf-8")
        (place / name).chmod(0o755)
    return place
