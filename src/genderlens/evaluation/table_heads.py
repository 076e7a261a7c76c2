"""Until predictions.table_heads is there."""

from __future__ import annotations

import json

import pyarrow as pa

from genderlens.heads import Head
from genderlens.heads.default import GENDER


def table_heads(schema: pa.Schema) -> tuple[Head, ...]:
    told = (schema.metadata or {}).get(b"genderlens.heads")
    if told is None:
        return (GENDER,)
    return tuple(Head(one["name"], tuple(one["labels"]), one["kind"]) for one in json.loads(told))
