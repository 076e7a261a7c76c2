"""What the benchmarks over HTTP found, in words for docs/benchmarks.md."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def served(folder: Path) -> list[str]:
    """A part for each of these benchmarks that was run; ``folder`` holds their figures."""
    describe: dict[str, Callable[[dict[str, Any]], str]] = {
        "http": _beside_another,
        "service_load": _under_load,
        "history": _remembering,
    }
    return [
        words(json.loads(path.read_text("utf-8")))
        for name, words in describe.items()
        if (path := folder / f"{name}.json").is_file()
    ]


def _beside_another(data: dict[str, Any]) -> str:
    picture = data["picture"]
    rows = [
        f"Over HTTP, model `{data['model']}`, {data['date']}, {data['machine']}; measured by "
        "`benchmarks/over_http.py`. The other service answers in one `async def`, decodes "
        "everything and looks for faces at full size.",
        "",
        f"| clients at a time, {picture} | answers per second | the other service | ours : other |",
        "|---|---|---|---|",
    ]
    for clients, row in data["answers_per_s_by_clients"].items():
        rows.append(
            f"| {clients} | {row['ours']:.1f} | {row['naive']:.1f} | {row['ratio']:.1f} : 1 |"
        )
    return "\n".join(rows)


def _under_load(data: dict[str, Any]) -> str:
    crowd, memory = data["crowd"], data["memory"]
    failed = sum(crowd["failures"].values())
    return (
        f"Of {crowd['users']} users who never pause ({data['date']}, {data['machine']}; measured "
        "by `benchmarks/service_load.py`), half of those let in are answered within "
        f"{crowd['accepted_ms']['p50']:.0f} ms. The service, with its users on the same CPUs, does "
        f"{crowd['throughput_ratio']:.0%} of what the predictor does alone. {failed} requests "
        "failed; the others were answered or told when to come again. After "
        f"{memory['accepted']:,} requests its memory was {memory['growth']:.1%} of what it was "
        "after the first twentieth."
    )


def _remembering(data: dict[str, Any]) -> str:
    low, high = data["p95_ratio_interval"]
    on, off = data["median_ms"]["on"], data["median_ms"]["off"]
    return (
        f"Remembering the results costs next to nothing ({data['date']}, {data['machine']}; "
        "measured by `benchmarks/history.py`): with the history on, the 95th percentile of the "
        f"time to answer is {data['p95_ratio']:.3f} times that with it off (95 % interval "
        f"{low:.2f} – {high:.2f}, {data['requests']['on']:,} requests), the median "
        f"{on / off:.3f} times."
    )
