"""What is asked, and how the answer is read: the same for both clients."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from genderlens.client.addresses import is_on_loopback
from genderlens.client.answers import ServedAnswer
from genderlens.client.problems import failure, parse, read_document
from genderlens.errors import MissingExtraError, ServiceError
from genderlens.types import FacePolicy, Outcome

if TYPE_CHECKING:
    import httpx
    from PIL.Image import Image

    Picture = str | os.PathLike[str] | bytes | IO[bytes] | Image

TIMEOUT_S: Final = 40.0
"""The service itself gives up on a picture after 30 s and says so."""
_CONNECT_S: Final = 5.0


@dataclass(frozen=True)
class Call:
    """One request, which can be sent again."""

    method: str
    path: str
    params: dict[str, str] = field(default_factory=dict)
    files: list[tuple[str, tuple[str, bytes]]] = field(default_factory=list)

    @property
    def arguments(self) -> dict[str, Any]:
        """For ``httpx.Client.request``."""
        return {"params": self.params, **({"files": self.files} if self.files else {})}


@dataclass(frozen=True, slots=True)
class PredictOptions:
    """What to do about several faces, and which further heads to ask; None: as the service is set.

    TypeError for attributes that are one text: its letters are no names.
    """

    faces: FacePolicy | None = None
    attributes: Iterable[str] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.attributes, str):
            raise TypeError(f"attributes are a list of names, such as [{self.attributes!r}]")

    @property
    def params(self) -> dict[str, str]:
        """Of the address."""
        found: dict[str, str] = {} if self.faces is None else {"faces": self.faces}
        if self.attributes is not None:
            found["attributes"] = ",".join(self.attributes)
        return found


def ask_one(source: Picture, options: PredictOptions) -> Call:
    """The request for one picture."""
    return Call("POST", "/predict-file", options.params, [("file", _read(source))])


def ask_many(sources: Iterable[Picture], options: PredictOptions) -> Call:
    """The request for several pictures."""
    files = [("files", _read(source)) for source in sources]
    return Call("POST", "/predict-batch", options.params, files)


def read_one(answer: httpx.Response) -> ServedAnswer:
    """An answer; a refusal is one too. Raises ServiceError for what is neither."""
    document = parse(answer) or {}
    refused = answer.status_code == 422 and document.get("outcome") in tuple(Outcome)
    if answer.status_code >= 300 and not refused:
        raise failure(answer)
    return ServedAnswer.read(_having(read_document(answer), "outcome"))


def read_many(answer: httpx.Response) -> list[ServedAnswer]:
    """One answer for each picture, in order; ServiceError."""
    found = _having(read_plain(answer), "results")
    return [ServedAnswer.read(document) for document in found["results"]]


def read_plain(answer: httpx.Response) -> dict[str, Any]:
    """A document as it is; ServiceError."""
    if answer.status_code >= 300:
        raise failure(answer)
    return read_document(answer)


def options(address: str, key: str, timeout_s: float) -> dict[str, Any]:
    """Of an httpx client: redirects are not followed, lest a key go elsewhere.

    A proxy of the environment is used, but not on the way to this machine.
    """
    import httpx

    return {
        "base_url": address,
        "headers": {"Authorization": f"Bearer {key}"} if key else {},
        "timeout": httpx.Timeout(timeout_s, connect=_CONNECT_S),
        "trust_env": not is_on_loopback(address),
    }


def require_httpx() -> None:
    """MissingExtraError where no service can be asked."""
    try:
        import httpx  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("client", "asking a service") from error


def _having(document: dict[str, Any], name: str) -> dict[str, Any]:
    if name not in document:
        raise ServiceError(f"the answer has no {name!r}; check the address", "not_genderlens")
    return document


def _read(source: Picture) -> tuple[str, bytes]:
    """Name and encoded bytes; OSError for a file that cannot be read, TypeError for no picture."""
    if isinstance(source, bytes):
        return "picture", source
    if isinstance(source, (str, os.PathLike)):
        path = Path(source)
        return path.name, path.read_bytes()
    if hasattr(source, "read"):
        return "picture", source.read()
    if hasattr(source, "save"):
        stream = io.BytesIO()
        source.convert("RGB").save(stream, "PNG")
        return "picture.png", stream.getvalue()
    kind = type(source).__name__
    raise TypeError(f"a picture is a path, bytes, an open binary file or a PIL image, not {kind}")
