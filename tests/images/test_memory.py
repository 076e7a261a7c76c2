"""The memory that compose.yaml gives holds whatever clients send."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import chain

import httpx
import pytest

import photos
from images.boxes import SERVICES, box, make_key
from images.engine import ENOUGH_S

pytestmark = [pytest.mark.images, pytest.mark.timeout(ENOUGH_S)]
USERS = 100
ROUNDS = 5
TINY = (8192, 6240)
"""51.1 million pixels, just below what the budget takes, in a file of some kilobytes."""
PEAKS = ("/sys/fs/cgroup/memory.peak", "/sys/fs/cgroup/memory/memory.max_usage_in_bytes")


def tiny_pictures() -> list[bytes]:
    """Files of some kilobytes that say they are pictures of fifty million pixels."""
    from PIL import Image

    empty = Image.new("RGB", TINY, "gray")
    kinds: list[tuple[str, dict[str, object]]] = [
        ("PNG", {}),
        ("JPEG", {"quality": 10}),
        ("JPEG", {"quality": 10, "progressive": True}),
        ("WEBP", {"quality": 0, "method": 0}),
        ("GIF", {}),
    ]
    return [photos.encode(empty, kind, **options) for kind, options in kinds]


async def crowd(url: str, headers: dict[str, str], pictures: list[bytes]) -> Counter[int]:
    """Every user sends one picture after the other, of each kind in turn."""
    limits = httpx.Limits(max_connections=USERS)
    async with httpx.AsyncClient(headers=headers, timeout=120, limits=limits) as client:

        async def use(number: int) -> list[int]:
            statuses = []
            for turn in range(ROUNDS):
                picture = pictures[(number + turn) % len(pictures)]
                answer = await client.post(f"{url}/predict", files={"file": ("a", picture)})
                statuses.append(answer.status_code)
            return statuses

        return Counter(chain.from_iterable(await asyncio.gather(*map(use, range(USERS)))))


def test_a_hundred_users_with_tiny_pictures(
    serving_image: str, record_property: pytest.RecordProperty
) -> None:
    workers = str(SERVICES["genderlens"]["environment"]["GENDERLENS_WORKERS"])
    with box(serving_image, rate_limit="off", workers=workers) as container:
        headers = make_key(container, "predict")
        container.serve()
        statuses = asyncio.run(crowd(container.url, headers, tiny_pictures()))
        state = container.state
        assert state["Running"], state
        assert not state["OOMKilled"], state
        assert set(statuses) <= {413, 422, 503}, statuses
        assert statuses[422] > 0
        assert container.is_ready()
        peak = max(int(text) for text in map(container.try_read, PEAKS) if text)
        record_property("peak_bytes", peak)
        assert peak < int(SERVICES["genderlens"]["mem_limit"].removesuffix("g")) * 1024**3
