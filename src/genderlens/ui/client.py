"""The service, asked over HTTP; whatever goes wrong is one ServiceError."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx

from genderlens.client.addresses import is_on_loopback
from genderlens.client.problems import failure, lost, parse
from genderlens.errors import ServiceError

_CONNECT_S: Final = 3.0
_HEALTH_S: Final = 3.0
_ANSWER_S: Final = 40.0
"""The service itself gives up on a picture after 30 s and says so."""
_PROMOTION_S: Final = 600.0
"""Gates are measured before the answer comes."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service under one API key, which is sent in a header and stands nowhere else."""

    transport: httpx.Client
    key: str = ""

    def health(self) -> tuple[dict[str, Any], float]:
        """What it says of itself, and after how many milliseconds."""
        start = time.perf_counter()
        document = self._json("GET", "/health", timeout=_HEALTH_S)
        return document, 1000 * (time.perf_counter() - start)

    def capabilities(self) -> dict[str, Any]:
        """What works there, and what the model answers."""
        return self._json("GET", "/capabilities", timeout=_HEALTH_S)

    def predict(
        self, name: str, content: bytes, faces: str, attributes: Sequence[str] = ()
    ) -> dict[str, Any]:
        """The answer for one picture; refusals raise ServiceError with the same fields."""
        files, params = {"file": (name, content)}, {"faces": faces}
        if attributes:
            params |= {"attributes": ",".join(attributes)}
        return self._json("POST", "/predict-file", files=files, params=params)

    def explain(self, name: str, content: bytes, faces: str) -> bytes:
        """PNG of the first face under what of it spoke for the likelier label."""
        files = {"file": (name, content)}
        return self._ask("POST", "/explain", files=files, params={"faces": faces}).content

    def add_sample(self, name: str, content: bytes, label: str) -> bool:
        """Whether the picture is new to the pool of samples."""
        files = {"file": (name, content)}
        return bool(self._json("POST", "/samples", files=files, data={"label": label})["new"])

    def retrain(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The queued job."""
        return self._json("POST", "/retrain", json=dict(request))

    def jobs(self) -> list[dict[str, Any]]:
        """Every job, newest first."""
        return list(self._json("GET", "/jobs")["jobs"])

    def job(self, identity: str) -> dict[str, Any]:
        """One job with the end of its log."""
        return self._json("GET", f"/jobs/{quote(identity, safe='')}")

    def cancel(self, identity: str) -> dict[str, Any]:
        """The job that will end soon."""
        return self._json("DELETE", f"/jobs/{quote(identity, safe='')}")

    def models(self) -> dict[str, Any]:
        """Versions, and which of them answer."""
        return self._json("GET", "/models")

    def promote(self, version: str) -> dict[str, Any]:
        """The decision; ServiceError with it in its document where a gate does not hold."""
        path = f"/models/{quote(version, safe='')}/promote"
        return self._json("POST", path, timeout=_PROMOTION_S)

    def model_card(self) -> str:
        """Markdown."""
        return self._ask("GET", "/model-card").text

    def _json(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        answer = self._ask(method, path, **arguments)
        document = parse(answer)
        if document is None:
            raise ServiceError(
                f"what answers at {self.transport.base_url} is no genderlens service; "
                "check GENDERLENS_API_URL",
                "not_genderlens",
                status=answer.status_code,
            )
        return document

    def _ask(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            answer = self.transport.request(method, path, headers=headers, **arguments)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise lost(error, self.transport.base_url) from error
        if answer.status_code >= 300:
            raise failure(answer)
        return answer


def create_transport(address: str) -> httpx.Client:
    """Connections to one address; redirects are not followed, lest a key go elsewhere.

    A proxy of the environment is used, but not on the way to this machine.
    """
    return httpx.Client(
        base_url=address,
        timeout=httpx.Timeout(_ANSWER_S, connect=_CONNECT_S),
        trust_env=not is_on_loopback(address),
    )
