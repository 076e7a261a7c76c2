"""The service, asked from asynchronous code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Self, TypeVar

from genderlens.client import calls
from genderlens.client.answers import ServedAnswer
from genderlens.client.patience import Patience
from genderlens.client.problems import lost
from genderlens.errors import ServiceError
from genderlens.types import FacePolicy

if TYPE_CHECKING:
    import httpx

    from genderlens.client.calls import Picture

_T = TypeVar("_T")


class AsyncClient:
    """As ``Client``, to be awaited: ``async with genderlens.AsyncClient(…) as client``."""

    def __init__(
        self,
        address: str = "http://127.0.0.1:8000",
        key: str = "",
        *,
        timeout_s: float = calls.TIMEOUT_S,
        retries: int = 4,
        most_wait_s: float = 60.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """As of ``Client``."""
        calls.require_httpx()
        import httpx

        self._http = httpx.AsyncClient(
            transport=transport, **calls.options(address, key, timeout_s)
        )
        self._patience = Patience(retries, most_wait_s)

    async def predict(
        self,
        source: Picture,
        *,
        faces: FacePolicy | None = None,
        attributes: Iterable[str] | None = None,
    ) -> ServedAnswer:
        """As ``Client.predict``."""
        options = calls.PredictOptions(faces, attributes)
        return await self._ask(calls.ask_one(source, options), calls.read_one)

    async def predict_many(
        self,
        sources: Iterable[Picture],
        *,
        faces: FacePolicy | None = None,
        attributes: Iterable[str] | None = None,
    ) -> list[ServedAnswer]:
        """As ``Client.predict_many``."""
        options = calls.PredictOptions(faces, attributes)
        return await self._ask(calls.ask_many(sources, options), calls.read_many)

    async def health(self) -> dict[str, Any]:
        """What the service says of itself."""
        return await self._ask(calls.Call("GET", "/health"), calls.read_plain)

    async def models(self) -> dict[str, Any]:
        """Versions, and which of them answer."""
        return await self._ask(calls.Call("GET", "/models"), calls.read_plain)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _ask(self, call: calls.Call, read: Callable[[httpx.Response], _T]) -> _T:
        tried = 0
        while True:
            try:
                return read(await self._send(call))
            except ServiceError as error:
                tried += 1
                wait_s = self._patience.wait_s(error, tried)
                if wait_s is None:
                    raise
            await asyncio.sleep(wait_s)

    async def _send(self, call: calls.Call) -> httpx.Response:
        import httpx

        try:
            return await self._http.request(call.method, call.path, **call.arguments)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise lost(error, self._http.base_url) from error
