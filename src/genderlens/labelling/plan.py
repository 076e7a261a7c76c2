"""The plan: which picture belongs to which shard, written down before the first one is labelled.

One small Parquet file of addresses for each shard, and ``plan.json`` last. A run that goes on reads
it, so that neither a slow listing nor a picture that came meanwhile changes what is done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from genderlens.data.sources.skipped import SkippedItems
from genderlens.errors import DataError, SourceNotFoundError
from genderlens.heads.default import GENDER
from genderlens.labelling.inputs.items import Item
from genderlens.labelling.job import LabellingJob
from genderlens.storage import replacing, write_bytes_atomically

_SCHEMA: Final = pa.schema([(name, pa.string()) for name in Item._fields])
BY_SOURCE: Final = "the labels of the source"


@dataclass(frozen=True)
class ShardPlan:
    """How many pictures are to be labelled, in shards of which size; ``folder`` holds them."""

    folder: Path
    source: str
    shard_size: int
    pictures: int
    refused: int
    created: str
    keys: tuple[str, ...]
    """A digest of the addresses of each shard."""
    passed_over: Mapping[str, int] = field(default_factory=dict)
    """Why files of the source are no pictures, and how many."""
    crops: str = ""
    """What crops are sorted by: the labels of the source, or guesses and why; empty: none."""
    words: Sequence[Sequence[str]] = ()
    """Words for labels that the crops were sorted with."""
    head: Mapping[str, Any] = field(default_factory=GENDER.to_dict)
    """The question of which these are the labels."""

    def serves(self, job: LabellingJob) -> bool:
        """Whether it says where the crops of a job go, if the job has any."""
        words = [list(pair) for pair in job.words]
        alike = list(self.words) == words and self.head == job.head.to_dict()
        return job.crops is None or (bool(self.crops) and alike)

    def __len__(self) -> int:
        return len(self.keys)

    def size(self, number: int) -> int:
        """The pictures of one shard."""
        return min(self.shard_size, self.pictures - number * self.shard_size)

    def items(self, number: int) -> list[Item]:
        """The pictures of one shard, in order."""
        return read_items(self.folder, number)


def write_plan(
    items: Iterable[Item],
    folder: Path,
    source: str,
    shard_size: int,
    skipped: SkippedItems | None = None,
    **crops: Any,
) -> Iterator[int]:
    """Write the plan of a source, telling how many pictures each further shard brought.

    ``skipped`` is what listing the items fills; ``crops`` are the fields of the plan that
    are about them. SourceNotFoundError where there is not a single picture.
    """
    passed_over = SkippedItems() if skipped is None else skipped
    keys, pictures, refused = list[str](), 0, 0
    for shard in _shards(items, shard_size):
        _write_shard(shard, folder / f"{len(keys):05d}.parquet")
        keys.append(_key(shard))
        pictures += len(shard)
        refused += sum(bool(item.refusal) for item in shard)
        yield len(shard)
    if not pictures:
        told = "; ".join(passed_over.describe_passed_over()) or "nothing lies there"
        raise SourceNotFoundError(f"no picture is in {source!r}: {told}")
    created = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    reasons = dict(sorted(passed_over.reasons.items()))
    plan = ShardPlan(
        folder, source, shard_size, pictures, refused, created, tuple(keys), reasons, **crops
    )
    document = {name: value for name, value in asdict(plan).items() if name != "folder"}
    write_bytes_atomically(folder / "plan.json", (json.dumps(document) + "\n").encode())


def read_plan(folder: Path) -> ShardPlan | None:
    """The plan that lies there whole; None where planning never ended."""
    try:
        document = json.loads((folder / "plan.json").read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise DataError(f"the plan in {folder} cannot be read: {error}; remove it") from error
    return ShardPlan(folder, **{**document, "keys": tuple(document["keys"])})


def read_items(folder: Path, number: int) -> list[Item]:
    """The pictures of one shard of the plan in a folder."""
    table = pq.read_table(folder / f"{number:05d}.parquet", schema=_SCHEMA)
    return [Item(*(row[name] or "" for name in Item._fields)) for row in table.to_pylist()]


def _shards(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    stream = iter(items)
    while shard := list(islice(stream, size)):
        yield shard


def _write_shard(shard: list[Item], path: Path) -> None:
    rows = [{name: value or None for name, value in item._asdict().items()} for item in shard]
    with replacing(path) as partial:
        pq.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA), partial)


def _key(shard: list[Item]) -> str:
    digest = hashlib.sha256()
    for item in shard:
        digest.update(json.dumps(item._replace(facts="")).encode())
    return digest.hexdigest()
