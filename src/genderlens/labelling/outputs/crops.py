"""Where face crops go: by the labels of the source, as ``train`` reads them, or by guess.

With labels: ``[PART/]LABEL/00000-00012-name-face0.jpg``. Without: ``00000/LABEL/…``, a folder for
each shard, and a note at the top that keeps readers from taking the guesses for labels. With
labels, a table at the top holds who it is and to which groups, where the source says so.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from genderlens.data.crop_table import CROP_TABLE, Facts, write_crop_table
from genderlens.data.readers.folder import GUESSES_NOTE
from genderlens.labelling.inputs.items import Item
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.outputs.artifacts import harmless, start_folder
from genderlens.labelling.plan import BY_SOURCE, ShardPlan
from genderlens.labelling.shard_state import ShardPaths
from genderlens.storage import write_bytes_atomically
from genderlens.types import Prediction

_NOTE = b"""These faces are sorted by what a model saw in them. Those are guesses, no labels:
a model that learns from them learns its own mistakes.
"""


class CropWriter:
    """Writes the crops of one shard; what an interrupted run of it left is removed first."""

    def __init__(self, root: Path, paths: ShardPaths, *, labelled: bool) -> None:
        self._root, self._shard, self._labelled = root, paths.name, labelled
        self._journal = paths.crops
        if labelled:
            self._remove_earlier()
        else:
            (root / CROP_TABLE).unlink(missing_ok=True)
            start_folder(root / self._shard)
            write_bytes_atomically(root / GUESSES_NOTE, _NOTE)

    def write(self, index: int, item: Item, answer: Prediction, crops: Sequence[bytes]) -> None:
        """Write the faces of one picture."""
        for number, (face, crop) in enumerate(zip(answer.faces, crops, strict=True)):
            name = f"{index:05d}-{harmless(item.uri)}-face{number}.jpg"
            if self._labelled:
                path = f"{item.folder}/{self._shard}-{name}"
                with self._journal.open("a", encoding="utf-8") as journal:
                    journal.write(f"{path}\n")
            else:
                path = f"{self._shard}/{face.prediction or face.outcome.value}/{name}"
            write_bytes_atomically(self._root / path, crop)

    def _remove_earlier(self) -> None:
        """Names are noted before their files are written, so none is missed."""
        self._journal.parent.mkdir(parents=True, exist_ok=True)
        if self._journal.is_file():
            for path in self._journal.read_text("utf-8").splitlines():
                (self._root / path).unlink(missing_ok=True)
        shutil.rmtree(self._root / self._shard, ignore_errors=True)  # guesses of a run without
        (self._root / GUESSES_NOTE).unlink(missing_ok=True)
        self._journal.write_text("", "utf-8")


def write_facts(job: LabellingJob, plan: ShardPlan) -> None:
    """Write subject and attributes of all crops, once every shard is done."""
    if job.crops is not None and plan.crops == BY_SOURCE:
        job.crops.mkdir(parents=True, exist_ok=True)
        write_crop_table(job.crops, _crop_facts(job, plan))


def _crop_facts(job: LabellingJob, plan: ShardPlan) -> Iterator[tuple[str, Facts]]:
    """Each crop's name and what the source says of its picture."""
    for number in range(len(plan)):
        paths = ShardPaths(job, number)
        items = plan.items(number)
        for line in paths.crops.read_text("utf-8").splitlines():
            name = line.rpartition("/")[2]
            facts = items[int(name.removeprefix(f"{paths.name}-")[:5])].facts
            if facts:
                yield name, json.loads(facts)
