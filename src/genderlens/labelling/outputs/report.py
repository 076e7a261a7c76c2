"""``report.html``: counts, confidence, times and a few pictures of each outcome, in one file."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

from genderlens.errors import GenderlensError
from genderlens.evaluation.report.formatting import percent
from genderlens.html import Html, element, figure, image, render_page, table
from genderlens.labelling.inputs.items import Item
from genderlens.labelling.inputs.reading import Unread, iterate_encoded
from genderlens.labelling.job import LabellingJob
from genderlens.labelling.outputs.histogram import draw_histogram
from genderlens.pictures.imaging import decode_image
from genderlens.types import Outcome

_THUMBNAIL_PX: Final = 160
_MEANINGS: Final = {
    Outcome.CLASSIFIED: "one label, with a calibrated confidence",
    Outcome.UNCERTAIN: "a face, but too close to call",
    Outcome.NO_PERSON: "no face that is large and clear enough",
    Outcome.MANY_PEOPLE: "several prominent faces",
    Outcome.UNREADABLE: "no picture, a broken one, or one that is too large",
}


def render_report(job: LabellingJob, summary: Mapping[str, Any]) -> str:
    """The page of a finished job; ``summary`` is ``Summary.to_dict()``."""
    parts = [*_head(summary), *_counts(summary), *_confidence(summary), *_times(summary)]
    return render_page("Labels", [*parts, *_samples(job, summary["samples"])])


def _head(summary: Mapping[str, Any]) -> Iterator[Html]:
    answered = summary["outcomes"].get(Outcome.CLASSIFIED.value, 0)
    cards = [
        (f"{summary['pictures']:,}", "pictures"),
        (percent(answered / summary["pictures"]), "classified"),
        (f"{summary['faces']:,}", "faces"),
    ]
    if summary["pictures_per_s"]:
        cards.append((f"{summary['pictures_per_s']:,.1f}", "pictures a second"))
    if "distinct" in summary:
        cards.append((f"{sum(summary['distinct'].values()):,}", "different pictures"))
    yield element("p", f"Source: {summary['source']}", css="quiet")
    yield element(
        "div", *(element("div", element("b", n), w, css="card") for n, w in cards), css="cards"
    )
    yield element(
        "p",
        "A label is what a face looks like to a model trained on annotators' labels of perceived "
        "presentation. It says nothing about who somebody is.",
        css="box",
    )


def _counts(summary: Mapping[str, Any]) -> Iterator[Html]:
    whole, distinct = summary["pictures"], summary.get("distinct")
    rows = []
    for outcome, meaning in _MEANINGS.items():
        count = summary["outcomes"].get(outcome.value, 0)
        once = [] if distinct is None else [f"{distinct.get(outcome.value, 0):,}"]
        rows.append([outcome.value, f"{count:,}", percent(count / whole), *once, meaning])
    header = ["outcome", "pictures", "share", *([] if distinct is None else ["duplicates once"])]
    yield element("h2", "Outcomes")
    yield table([*header, "meaning"], rows, words=(len(header),))
    faces = summary["predictions"].items()
    yield table(["answer", "faces"], [(name, f"{count:,}") for name, count in faces])
    if summary["errors"]:
        yield element("h3", "Why pictures could not be read")
        errors = sorted(summary["errors"].items(), key=lambda pair: -pair[1])
        yield table(["code", "pictures"], [(code, f"{count:,}") for code, count in errors])


def _confidence(summary: Mapping[str, Any]) -> Iterator[Html]:
    if summary["faces"]:
        drawing = draw_histogram(summary["confidence"], 0.5, 1.0, "faces by confidence")
        caption = "Faces by calibrated confidence in the likelier label."
        yield element("h2", "Confidence")
        yield figure(drawing, "How sure the answers are", caption)


def _times(summary: Mapping[str, Any]) -> Iterator[Html]:
    whole = sum(summary["seconds"].values())
    if whole:
        rows = [(n, f"{s:,.1f}", percent(s / whole)) for n, s in summary["seconds"].items()]
        yield element("h2", "Where the time went")
        yield table(["stage", "seconds, all workers", "share"], rows)


def _samples(job: LabellingJob, samples: Mapping[str, Sequence[str]]) -> Iterator[Html]:
    yield element("h2", "Samples")
    for outcome in _MEANINGS:
        if uris := samples.get(outcome.value):
            yield element("h3", outcome.value)
            yield element("div", *_figures(job, uris), css="grid")


def _figures(job: LabellingJob, uris: Sequence[str]) -> Iterator[Html]:
    """The pictures that can be shown; the names of the others."""
    contents = iterate_encoded([Item(uri) for uri in uris], job.source)
    for uri, content in zip(uris, contents, strict=True):
        name = PurePosixPath(uri).name
        caption = element("figcaption", name if len(name) < 40 else f"{name[:36]}…")
        try:
            picture = None if isinstance(content, Unread) else _thumbnail(content, job)
        except GenderlensError:
            picture = None
        shown = (
            image(picture, "jpeg", name) if picture else element("p", "not a picture", css="quiet")
        )
        yield element("figure", shown, caption)


def _thumbnail(content: bytes, job: LabellingJob) -> bytes:
    picture = decode_image(content, max_pixels=job.settings.max_pixels)
    picture.thumbnail((_THUMBNAIL_PX, _THUMBNAIL_PX))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=80)
    return stream.getvalue()
