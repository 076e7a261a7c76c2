"""Users who send photographs: alone as a file, alone as base64 in JSON, and several at a time.

A refusal with 429 or 503 that says when to come again is counted apart, under a name of its own,
and its user waits so long; "nobody" and "several people" in view are answers like any other.
Everything else is a failure. ``make loadtest`` runs it; by hand, against a running service:
``locust -f loadtest/locustfile.py --host http://127.0.0.1:8000``.
"""

from __future__ import annotations

import base64
import json
import random
from typing import Any

import gevent
from locust import FastHttpUser, between, task

from photos import load_photos

REFUSED = "refused: come again later"
BATCH_FILES = 4
BOUNDARY = "genderlens-loadtest"
_CLEAN = frozenset({429, 503})
_MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def multipart(field: str, photos: list[bytes]) -> bytes:
    """A body with all photos in one field."""
    parts = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{index}.jpg"'
        "\r\nContent-Type: image/jpeg\r\n\r\n".encode()
        + photo
        + b"\r\n"
        for index, photo in enumerate(photos)
    )
    return parts + f"--{BOUNDARY}--\r\n".encode()


PHOTOS = load_photos()
FILES = [multipart("file", [photo]) for photo in PHOTOS]
TEXTS = [json.dumps({"image": base64.b64encode(photo).decode()}).encode() for photo in PHOTOS]
_random = random.Random(0)  # noqa: S311 - nothing secret


class Visitor(FastHttpUser):
    """Somebody who looks at each answer for about a second."""

    wait_time = between(0.5, 1.5)

    @task(6)
    def send_file(self) -> None:
        self._send("/predict", _random.choice(FILES), _MULTIPART, "one file")

    @task(3)
    def send_base64(self) -> None:
        kind = {"Content-Type": "application/json"}
        self._send("/predict", _random.choice(TEXTS), kind, "one in base64")

    @task(1)
    def send_batch(self) -> None:
        body = multipart("files", _random.choices(PHOTOS, k=BATCH_FILES))
        self._send("/predict-batch", body, _MULTIPART, f"{BATCH_FILES} files")

    def _send(self, path: str, body: bytes, headers: dict[str, str], name: str) -> None:
        with self.client.post(
            path, data=body, headers=headers, name=name, catch_response=True
        ) as answer:
            wait_s = _judge(answer)
        if wait_s:
            gevent.sleep(wait_s)


def _judge(answer: Any) -> float:
    """Mark an answer as good, refused or failed; seconds after which to come again."""
    if answer.status_code in {200, 422}:
        answer.success()
        return 0.0
    wait = (answer.headers or {}).get("retry-after", "")
    if answer.status_code in _CLEAN and wait.isdigit():
        answer.request_meta["name"] = REFUSED
        answer.success()
        return float(wait)
    answer.failure(f"{answer.status_code}: {(answer.text or '')[:200]}")
    return 0.0
