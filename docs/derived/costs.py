"""The measured rows of the cost page: what a picture takes, from the files in ``docs/figures``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

FIGURES = Path(__file__).parents[1] / "figures"
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
    data = _read("container")
    cpus, gib = data["limits"]["cpus"], data["limits"]["memory_gib"]
    beyond = data["bytes_beyond_base"]
    return "\n".join([
        f"The service in a container of {cpus:g} CPU and {gib} GiB, as one Fargate task, over HTTP "
        f"({data['date']}, {data['machine']}; measured by `benchmarks/container.py`). CPU time is "
        "what the container's control group counted: HTTP, queue and all. At the peak it had "
        f"{data['peak_bytes'] / 1e6:.0f} MB. Beyond its base the serving image has "
        f"{beyond['serving'] / 1e6:.0f} MB, the training image {beyond['training'] / 1e9:.1f} GB; "
        f"the service is ready after {data['ready_cpu_s']:.1f} s of CPU.",
        "",
        "| picture | ms of one CPU | pictures an hour and CPU | CPU hours for a million |",
        "|---|---|---|---|",
        *(
            f"| a JPEG of {side} pixels | {row['cpu_ms']:.1f} | {3.6e6 / row['cpu_ms']:,.0f} "
            f"| {row['cpu_ms'] / 3.6:.2g} |"
            for side, row in data["pictures"].items()
        ),
    ])  # fmt: skip
