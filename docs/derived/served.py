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
        "slow_storage": _from_slow_storage,
        "browser": _in_a_browser,
    }
    return [
        words(json.loads(path.read_text("utf-8")))
        for name, words in describe.items()
        if (path := folder / f"{name}.json").is_file()
    ]


def _beside_another(data: dict[str, Any]) -> str:
    picture, by_clients = data["picture"], data["answers_per_s_by_clients"]
    earlier = all("before" in row for row in by_clients.values())
    rows = [
        f"Over HTTP, model `{data['model']}`, {data['date']}, {data['machine']}; measured by "
        "`benchmarks/over_http.py`. The other service answers in one `async def`, decodes "
        "everything and looks for faces at full size.",
        "",
        f"| clients at a time, {picture} | answers per second | the other service | ours : other |"
        + " the earlier release | ours : earlier |" * earlier,
        "|---|---|---|---|" + "---|---|" * earlier,
    ]
    for clients, row in by_clients.items():
        before = f" {row['before']:.1f} | {row['ratio_to_before']:.1f} : 1 |" if earlier else ""
        rows.append(
            f"| {clients} | {row['ours']:.1f} | {row['naive']:.1f} | {row['ratio']:.1f} : 1 |"
            + before
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


def _from_slow_storage(data: dict[str, Any]) -> str:
    found = data["photos_per_s_by_delay"]
    slowest = max(found, key=float)
    ratios = ", ".join(
        f"{row['ratio']:.2f} of it where a read waits for {float(delay):g} photos"
        for delay, row in found.items()
        if float(delay) > 0
    )
    return (
        f"`label` reads ahead: with a worker for each of {data['cpus']} CPUs it does "
        f"{found['0']['ratio']:.2f} of what loops over photos in memory do on them, {ratios} "
        f"({data['date']}, {data['machine']}; measured by `benchmarks/slow_storage.py`; a wait for "
        f"{slowest} photos is about a tenth of a second)."
    )


def _in_a_browser(data: dict[str, Any]) -> str:
    portrait, live = data["portrait"], data["live"]
    needed, alike = portrait["as_needed"], portrait["every_picture_alike"]
    spent_ms = needed["networks_cpu_ms"]
    return (
        f"Private mode in Chromium, {data['picture']} ({data['date']}, {data['machine']}; measured "
        f"by `benchmarks/browser.py`): the networks take {spent_ms:.0f} ms of CPU for a portrait, "
        f"{alike['networks_cpu_ms'] / spent_ms:.1f} times less than "
        "where every picture is looked at alike, and "
        f"{live['networks_cpu_ms']:.0f} ms for a frame of the live camera."
    )
