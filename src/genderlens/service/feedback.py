"""Bodies that carry a label: corrections of predictions, and labelled pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request

from genderlens.errors import (
    BodyTooLargeError,
    MalformedRequestError,
    TurnedOffError,
    UnsupportedMediaTypeError,
)
from genderlens.heads import Head, unknown_label
from genderlens.history.pool import SamplePool
from genderlens.service.json_body import parse_json
from genderlens.service.uploads import Upload, content_type, read_form

MAX_JSON_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class SentLabel:
    """A label, and the picture that it is about where one was sent."""

    label: str
    picture: Upload | None


async def read_correction(request: Request, head: Head) -> SentLabel:
    """JSON ``{"label": …}``, or multipart with ``label`` and, if it is to be kept, ``file``.

    MalformedRequestError for a label that is none of the head.
    """
    kind = content_type(request)
    if kind == "application/json":
        return SentLabel(_label(_parse(await request.body(), head), head), None)
    if kind != "multipart/form-data":
        raise UnsupportedMediaTypeError(
            f"content type {kind[:80]!r} is not taken here; send application/json or "
            "multipart/form-data"
        )
    files, fields = await read_form(request, "file", 1)
    return SentLabel(_label(fields, head), files[0] if files else None)


async def read_sample(request: Request, head: Head) -> tuple[str, Upload]:
    """Multipart with ``label``, one of the head, and ``file``."""
    files, fields = await read_form(request, "file", 1, required=True)
    return _label(fields, head), files[0]


def require_pool(pool: SamplePool | None) -> SamplePool:
    """The sample pool; TurnedOffError where the settings name no place for one."""
    if pool is None:
        raise TurnedOffError(
            "this service takes no labels; its operator sets GENDERLENS_SAMPLES to a folder or "
            "s3://BUCKET/PREFIX"
        )
    return pool


def _parse(body: bytes, head: Head) -> dict[str, Any]:
    if len(body) > MAX_JSON_BYTES:
        example = json.dumps({"label": head.labels[0]})
        raise BodyTooLargeError(f"the body has {len(body):,} bytes; send {example}")
    data = parse_json(body)
    return data if isinstance(data, dict) else {}


def _label(fields: dict[str, Any], head: Head) -> str:
    label = fields.get("label")
    if isinstance(label, str) and label in head.labels:
        return label
    raise MalformedRequestError(f"'label': {unknown_label(str(label), head.labels)}")
