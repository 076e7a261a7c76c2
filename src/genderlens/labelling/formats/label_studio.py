"""Label Studio tasks with pre-annotations: https://labelstud.io/guide/predictions.

A file of tasks for each shard, because Label Studio takes uploads of limited size, and the
labelling interface that they fit. Local pictures are addressed through its local file storage.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from genderlens.heads import Head
from genderlens.labelling.formats import (
    Rows,
    answer_of,
    box_of,
    class_names,
    iterate_pictures,
    label_format,
    read_head,
)
from genderlens.labelling.formats.json_stream import write_list
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.plan import ShardPlan
from genderlens.remote import is_remote
from genderlens.storage import write_bytes_atomically


def _interface(head: Head) -> str:
    labels = (f"    <Label value={quoteattr(name)}/>\n" for name in class_names(head))
    return (
        '<View>\n  <Image name="image" value="$image"/>\n'
        '  <RectangleLabels name="presentation" toName="image">\n'
        f"{''.join(labels)}"
        "  </RectangleLabels>\n</View>\n"
    )


@label_format("label-studio")
def write_label_studio(job: LabellingJob, plan: ShardPlan) -> None:
    """``label-studio/interface.xml`` and ``label-studio/00000.json`` and so on."""
    folder = job.out / "label-studio"
    write_bytes_atomically(folder / "interface.xml", _interface(read_head(job)).encode())
    shards = groupby(iterate_pictures(job, plan), lambda pair: pair[0] // plan.shard_size)
    for number, pictures in shards:
        tasks = _tasks(rows for _, rows in pictures)
        write_list(folder / f"{number:05d}.json", tasks)


def _tasks(pictures: Iterator[Rows]) -> Iterator[dict[str, Any]]:
    for rows in pictures:
        if rows[0]["width"] is None:
            continue
        results = [_result(row, answer) for row in rows if (answer := answer_of(row))]
        prediction = {"model_version": rows[0]["bundle_version"], "result": results}
        if results:
            prediction["score"] = min(result["score"] for result in results)
        data = {"image": _address(rows[0]["uri"]), "uri": rows[0]["uri"]}
        yield {"data": {**data, "outcome": rows[0]["outcome"]}, "predictions": [prediction]}


def _result(row: dict[str, Any], answer: str) -> dict[str, Any]:
    left, top, width, height = box_of(row)
    across, down = 100.0 / row["width"], 100.0 / row["height"]
    value = {
        "x": round(left * across, 4),
        "y": round(top * down, 4),
        "width": round(width * across, 4),
        "height": round(height * down, 4),
        "rotation": 0,
        "rectanglelabels": [answer],
    }
    return {
        "id": f"face{row['face_index']}",
        "type": "rectanglelabels",
        "from_name": "presentation",
        "to_name": "image",
        "original_width": row["width"],
        "original_height": row["height"],
        "image_rotation": 0,
        "value": value,
        "score": round(row["confidence"], 6),
    }


def _address(uri: str) -> str:
    return uri if is_remote(uri) else f"/data/local-files/?d={quote(uri.lstrip('/'))}"
