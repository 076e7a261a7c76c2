"""The service, asked from ordinary code."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Self, TypeVar

from genderlens.client.answers import ServedAnswer
from genderlens.client.calls import (
    TIMEOUT_S,
    Call,
    PredictOptions,
    ask_many,
    ask_one,
    options,
    read_many,
    read_one,
    read_plain,
    require_httpx,
)
from genderlens.client.patience import Patience
from genderlens.client.problems import lost
from genderlens.errors import ServiceError
from genderlens.types import FacePolicy

if TYPE_CHECKING:
    import httpx

    from genderlens.client.calls import Picture

_T = TypeVar("_T")


class Client:
    """One service at one address; connections are kept, so use one client for many pictures.

    Whatever goes wrong is a ServiceError, with ``status``, ``problem`` and ``retry_after_s``. A
    service that is busy or restarts is asked again, after as long as it says.
    """

    def __init__(
        self,
        address: str = "http://127.0.0.1:8000",
        key: str = "",
        *,
        timeout_s: float = TIMEOUT_S,
        retries: int = 4,
        most_wait_s: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """``key`` goes into a header alone. ``retries``: how often to ask again.

        ``most_wait_s``: the longest single wait that is borne. ``transport`` replaces the network.
        Raises MissingExtraError without the extra ``[client]``.
        """
        require_httpx()
        import httpx

        self._http = httpx.Client(transport=transport, **options(address, key, timeout_s))
        self._patience = Patience(retries, most_wait_s)

    def predict(
        self,
        source: Picture,
        *,
        faces: FacePolicy | None = None,
        attributes: Iterable[str] | None = None,
    ) -> ServedAnswer:
        """The answer for one picture: a path, bytes, an open binary file or a PIL image.

        ``attributes`` names further heads of the model to answer. Nobody or several people in view
        is an answer too. Raises ServiceError; OSError for a file that cannot be read.
        """
        return self._ask(ask_one(source, PredictOptions(faces, attributes)), read_one)

    def predict_many(
        self,
        sources: Iterable[Picture],
        *,
        faces: FacePolicy | None = None,
        attributes: Iterable[str] | None = None,
    ) -> list[ServedAnswer]:
        """One answer for each picture, in order, in one request; a broken one costs itself."""
        return self._ask(ask_many(sources, PredictOptions(faces, attributes)), read_many)

    def health(self) -> dict[str, Any]:
        """What the service says of itself."""
        return self._ask(Call("GET", "/health"), read_plain)

    def models(self) -> dict[str, Any]:
        """Versions, and which of them answer."""
        return self._ask(Call("GET", "/models"), read_plain)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, call: Call, read: Callable[[httpx.Response], _T]) -> _T:
        tried = 0
        while True:
            try:
                return read(self._send(call))
            except ServiceError as error:
                tried += 1
                wait_s = self._patience.wait_s(error, tried)
                if wait_s is None:
                    raise
            time.sleep(wait_s)

    def _send(self, call: Call) -> httpx.Response:
        import httpx

        try:
            return self._http.request(call.method, call.path, **call.arguments)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise lost(error, self._http.base_url) from error
