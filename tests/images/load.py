"""Clients that keep a container busy."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from images.boxes import Box
from service.serving import portrait_jpeg


class Load:
    """Clients that send photos one after the other until the service takes no connection."""

    def __init__(self, container: Box, headers: dict[str, str]) -> None:
        self.statuses: Counter[int] = Counter()
        self.broken: list[str] = []
        self.busy = threading.Event()
        self._url, self._headers = f"{container.url}/predict", headers
        self.over = threading.Event()

    def ask(self) -> None:
        photo = {"file": ("a.jpg", portrait_jpeg())}
        while not self.over.is_set():
            try:
                answer = httpx.post(self._url, files=photo, headers=self._headers, timeout=30)
            except httpx.ConnectError:
                return
            except httpx.TransportError as error:
                self.broken.append(repr(error))
                return
            self.statuses[answer.status_code] += 1
            self.busy.set()

    @contextmanager
    def by(self, clients: int) -> Iterator[None]:
        threads = [threading.Thread(target=self.ask) for _ in range(clients)]
        for thread in threads:
            thread.start()
        try:
            assert self.busy.wait(30)
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join(40)
