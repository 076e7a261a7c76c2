"""66: one key at its limit leaves the answers of the others about as fast as they were."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from pathlib import Path

import httpx

from genderlens.history.database import open_database
from genderlens.history.keys import create_key
from genderlens.settings import load_settings
from hostile.vast import TINY_WEBP
from service.processes import Service, serve
from service.serving import portrait_jpeg

ROUNDS = 2
ASKED = 12
ATTACKERS = 4


def _slow(service: Service, key: str, portrait: bytes) -> float:
    times = []
    with httpx.Client(headers={"X-API-Key": key}, timeout=60) as client:
        for _ in range(ASKED):
            start = time.perf_counter()
            answer = client.post(f"{service.url}/predict", files={"file": ("a.jpg", portrait)})
            times.append(time.perf_counter() - start)
            assert answer.status_code == 200, answer.text
    return statistics.quantiles(times, n=10)[-1]


def _flood(service: Service, key: str, portrait: bytes, stop: threading.Event) -> None:
    """Batches of pictures, some of them vast, as fast as they are taken, and slower if refused."""
    batch = [("files", ("a", TINY_WEBP if n == 7 else portrait)) for n in range(8)]
    with httpx.Client(headers={"X-API-Key": key}, timeout=300) as client:
        while not stop.is_set():
            answer = client.post(f"{service.url}/predict-batch", files=batch)
            if answer.status_code != 200:
                stop.wait(0.2)


def test_one_key_at_its_limit_leaves_others_as_fast_within_a_factor_of_two() -> None:
    portrait = portrait_jpeg()
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(load_settings(state_dir=folder))
        keys = [create_key(database, n, frozenset({"predict"}))[1] for n in ("calm", "greedy")]
        database.close()
        with serve(state_dir=Path(folder), auth="keys", workers=2, rate_limit="off") as service:
            calm, greedy = keys
            _slow(service, calm, portrait)
            ratios = []
            for _ in range(ROUNDS):
                alone = _slow(service, calm, portrait)
                stop = threading.Event()
                threads = [
                    threading.Thread(target=_flood, args=(service, greedy, portrait, stop))
                    for _ in range(ATTACKERS)
                ]
                for thread in threads:
                    thread.start()
                time.sleep(1.0)
                beside = _slow(service, calm, portrait)
                stop.set()
                for thread in threads:
                    thread.join()
                ratios.append(beside / alone)
            # The clients share the processors with the service here, hence room above the 2 that
            # is promised where they do not; without turns, seconds of pictures stand before each.
            assert statistics.median(ratios) <= 4.0, ratios
