"""The measured rows of the cost page: what a picture takes, from the files in ``docs/figures``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

FIGURES = Path(__file__).parents[1] / "figures"
TASK = {"cpus": 1.0, "memory_gib": 2.0}
"""The container of the cost page, by its limits in the figures of capacity."""
_MARKED = re.compile(r"(<!-- measured -->\n).*?(<!-- end of measured -->)", re.DOTALL)


def costs(text: str) -> str:
    """The page with its measured tables written anew."""
    tables = f"{_table()}\n\n{_in_a_container()}\n\n"
    return _MARKED.sub(lambda match: match[1] + tables + match[2], text)


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((FIGURES / f"{name}.json").read_text("utf-8"))
    return data


def _table() -> str:
    single, speed = _read("single_image"), _read("speed")
    rows = [
        (f"a JPEG of {size} pixels, detector in the loop", row["total"])
        for size, row in single["milliseconds"].items()
    ]
    cropped = speed["cpu_milliseconds"]["classify_one_crop"]["ours"]
    rows.insert(0, ("a face crop, no detector (`--faces cropped`)", cropped))
    return "\n".join([
        f"One thread, {single['date']}, {single['machine']}; measured by `make bench`.",
        "",
        "| picture | *t*, ms of one CPU | pictures an hour and CPU | CPU hours for a million |",
        "|---|---|---|---|",
        *(f"| {name} | {ms:.1f} | {3.6e6 / ms:,.0f} | {ms / 3.6:.2g} |" for name, ms in rows),
    ])  # fmt: skip


def _in_a_container() -> str:
    image, data = _read("container"), _read("capacity")
    (task,) = (one for one in data["requests"] if one["limits"] == TASK)
    beyond = image["bytes_beyond_base"]
    return "\n".join([
        f"The service in a container of {TASK['cpus']:g} CPU and {TASK['memory_gib']:g} GiB, as "
        f"one Fargate task, over HTTP ({data['date']}, {data['machine']}; measured by "
        "`benchmarks/capacity.py`, other sizes stand in [Plan capacity](how-to/capacity.md)). CPU "
        "time is what the container's control group counted: HTTP, queue and all. At the peak it "
        f"had {task['peak_bytes'] / 1e6:.0f} MB. Beyond its base the serving image had "
        f"{beyond['serving'] / 1e6:.0f} MB, the training image {beyond['training'] / 1e9:.1f} GB; "
        f"the service was ready after {image['ready_cpu_s']:.1f} s of CPU ({image['date']}, "
        "`benchmarks/container.py`).",
        "",
        "| picture | ms of one CPU | pictures an hour and CPU | CPU hours for a million |",
        "|---|---|---|---|",
        *(
            f"| a JPEG of {side} pixels | {row['cpu_ms']:.1f} | {3.6e6 / row['cpu_ms']:,.0f} "
            f"| {row['cpu_ms'] / 3.6:.2g} |"
            for side, row in task["pictures"].items()
        ),
    ])  # fmt: skip
