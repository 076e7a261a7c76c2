"""The serving image with the stores of compose.yaml: PostgreSQL, Redis and an S3 server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from databases import Server
from images.boxes import box, make_key
from images.engine import ENOUGH_S
from images.stores import RELOAD_S, fill, predict, promote, stores, version
from service.serving import wait_until
from tiny_bundles import make_bundle

pytestmark = [pytest.mark.images, pytest.mark.timeout(ENOUGH_S)]


@pytest.fixture
def settings(postgres: Server, redis: Server) -> Iterator[dict[str, str]]:
    with stores("genderlens", postgres, redis) as found:
        yield found


def test_model_history_and_limits_are_kept_outside(
    serving_image: str, settings: dict[str, str]
) -> None:
    """Two containers that share nothing but the stores, the second begun after the first died."""
    with box(serving_image, **settings) as first, box(serving_image, **settings) as second:
        fill(first)
        headers, limited = make_key(first, "predict"), make_key(first, "predict", rate="3/minute")
        first.serve()
        answer = predict(first, headers)
        kept = f"/predictions/{answer.json()['id']}"
        wait_until(lambda: httpx.get(first.url + kept, headers=headers).status_code == 200)
        assert [predict(first, limited).status_code for _ in range(2)] == [200, 200]
        first.end("kill")
        second.serve()
        assert httpx.get(second.url + kept, headers=headers).json()["prediction"] == "female"
        assert [predict(second, limited).status_code for _ in range(2)] == [200, 429]


def test_a_promotion_is_loaded_and_taken_back(
    serving_image: str, settings: dict[str, str], tmp_path: Path
) -> None:
    other = make_bundle(tmp_path / "other", "other")
    with box(serving_image, f"--volume={other}:/models/other:ro", **settings) as container:
        fill(container)
        headers = make_key(container, "predict", "admin")
        container.serve()
        shipped = version(container)
        container.run("models", "add", "/models/other")
        promote(container, "a test")
        wait_until(lambda: version(container) != shipped, RELOAD_S)
        assert predict(container, headers).status_code == 200
        undone = httpx.post(f"{container.url}/models/rollback", headers=headers, timeout=30)
        assert undone.status_code == 200, undone.text
        wait_until(lambda: version(container) == shipped, RELOAD_S)
        assert predict(container, headers).json()["prediction"] == "female"
