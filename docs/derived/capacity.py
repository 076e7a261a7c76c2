"""The tables of the page about capacity, from what was measured in containers and from prices."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

FIGURES = Path(__file__).parents[1] / "figures"
BUSY = 0.6
"""Share of its CPU that a service is kept below, so that bursts find room."""
_MARKED = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end of \2 -->)", re.DOTALL)


def capacity(text: str) -> str:
    """The page with its tables written anew."""
    tables = {"requests": _requests(), "labels": _labels(), "dollars": _dollars()}
    return _MARKED.sub(lambda match: f"{match[1]}{tables[match[2]]}\n\n{match[3]}", text)


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((FIGURES / f"{name}.json").read_text("utf-8"))
    return data


def _requests() -> str:
    data = _read("capacity")
    rows = [
        (one["limits"], side, row, one["peak_bytes"])
        for one in data["requests"]
        for side, row in one["pictures"].items()
    ]
    return "\n".join([
        f"{data['date']}, {data['machine']}; {_load(data)}",
        "",
        "| container | JPEG | ms of one CPU | answers a second and vCPU | a second and GB "
        "| by the clock | share of its CPU that it got | peak |",
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| {limits['cpus']:g} vCPU, {limits['memory_gib']:g} GiB | {side} "
            f"| {row['cpu_ms']:.1f} | {1000 / row['cpu_ms']:.0f} "
            f"| {1000 / row['cpu_ms'] * limits['cpus'] / limits['memory_gib']:.0f} "
            f"| {row['answers_per_s']:.0f} a second | {100 * row['busy']:.0f} % "
            f"| {peak / 1e6:.0f} MB |"
            for limits, side, row, peak in rows
        ),
    ])  # fmt: skip


def _load(data: dict[str, Any]) -> str:
    load = data["load"]
    return (
        f"in the 15 minutes before the run the {load['cpus']} CPUs had a load average of "
        f"{load['before_15_min']:.1f}. Where a container gets less than its CPU, work that went on "
        "is one reason: it takes from the clock and, by sharing caches, adds to the CPU time."
    )


def _labels() -> str:
    rows = _read("capacity")["label_cpu_ms"].items()
    return "\n".join(
        [
            "| JPEG | ms of one CPU | pictures an hour and vCPU |",
            "|---|---|---|",
            *(f"| {side} | {ms:.1f} | {3.6e6 / ms:,.0f} |" for side, ms in rows),
        ]
    )


def _dollars() -> str:
    figures, prices = _read("capacity"), _read("prices")
    fargate = prices["fargate_vcpu"] + 2 * prices["fargate_gb"]
    node = prices["gpu_node"]
    hours = {
        "Fargate, on demand": fargate,
        "Fargate Spot": prices["spot_share"] * fargate,
        f"{node['name']}, its {node['vcpus']} vCPUs": node["hour"] / node["vcpus"],
    }
    (served,) = [one for one in figures["requests"] if one["limits"]["cpus"] == 1]
    sides = list(served["pictures"])
    kinds = [
        ("served", {side: served["pictures"][side]["cpu_ms"] / BUSY for side in sides}),
        ("labelled", figures["label_cpu_ms"]),
    ]
    return "\n".join([
        f"{prices['what']} ({prices['date']}): {prices['fargate_vcpu']} for a vCPU and "
        f"{prices['fargate_gb']} for a GB on Fargate, {prices['spot_share']:g} of that on Spot, "
        f"{node['hour']} for a {node['name']}.",
        "",
        "| a million pictures, in dollars | " + " | ".join(sides) + " |",
        "|---|" + "---|" * len(sides),
        *(
            f"| {kind}, {place} | "
            + " | ".join(f"{price * ms[side] / 3.6:.2f}" for side in sides)
            + " |"
            for kind, ms in kinds
            for place, price in hours.items()
        ),
        "",
        "| pictures for a dollar, in millions | " + " | ".join(sides) + " |",
        "|---|" + "---|" * len(sides),
        *(
            f"| {kind}, {place} | "
            + " | ".join(f"{3.6 / (price * ms[side]):.1f}" for side in sides)
            + " |"
            for kind, ms in kinds
            for place, price in hours.items()
        ),
    ])  # fmt: skip
