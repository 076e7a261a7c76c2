"""A SOURCE of labelled pictures as the commands take it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from genderlens.cli.terminal import printable
from genderlens.errors import SettingsError
from genderlens.heads import Head
from genderlens.heads.default import GENDER
from genderlens.types import DEVICES, FACE_POLICIES, TTA

if TYPE_CHECKING:
    from genderlens.data.manifest import Manifest
    from genderlens.data.readers import Options, Reading

Faces = Annotated[str | None, typer.Option(help=f"Which faces count: {', '.join(FACE_POLICIES)}.")]
Upright = Annotated[
    bool | None,
    typer.Option("--upright-crops/--crops-as-is", help="Turn cropped faces that lean upright."),
]
Views = Annotated[str | None, typer.Option(help=f"Test-time augmentation: {', '.join(TTA)}.")]
Device = Annotated[str | None, typer.Option(help=f"What the models run on: {', '.join(DEVICES)}.")]
Source = Annotated[str, typer.Argument(metavar="SOURCE", help="Labelled pictures, of any kind.")]
Kind = Annotated[str | None, typer.Option(help="Kind of source, if looking is not enough.")]
Pattern = Annotated[
    str | None,
    typer.Option(help="Where the label stands in a file name: label-first, utkface, or a regex."),
]
Words = Annotated[
    list[str] | None,
    typer.Option(
        "--label", metavar="WORD=LABEL", help=f"A further word for a label: 0={GENDER.positive}."
    ),
]
Labels = Annotated[
    str | None,
    typer.Option("--labels", help="The labels, with commas; unset: those of the default model."),
]

Strict = Annotated[
    bool,
    typer.Option(
        "--strict", help="Stop at the first picture that is refused; unset: leave it out."
    ),
]


def load_manifest(
    source: str,
    kind: str | None,
    pattern: str | None,
    words: Sequence[str] | None,
    *,
    strict: bool = False,
    head: Head = GENDER,
    column: str | None = None,
) -> Manifest:
    """The manifest of a source. Raises what ``read_source`` raises, SettingsError for a word.

    What is left out is told on stderr.
    """
    return load_source(
        source, kind, pattern, words, strict=strict, head=head, column=column
    ).manifest


def load_source(
    source: str,
    kind: str | None,
    pattern: str | None,
    words: Sequence[str] | None,
    *,
    strict: bool = False,
    any_parts: bool = False,
    head: Head = GENDER,
    column: str | None = None,
) -> Reading:
    """Like ``load_manifest``, with the counts of what was found and left out.

    ``any_parts`` reads a source too of which it cannot be told what may teach. ``head`` has the
    labels, ``column`` of a table holds them.
    """
    from genderlens.data.readers import Options
    from genderlens.data.sources.skipped import SkippedItems

    options = Options(
        parse_words(words or (), head),
        pattern,
        skipped=SkippedItems(strict=strict),
        any_parts=any_parts,
        head=head,
        column=column,
    )
    pictures = 0
    try:
        reading = _read(source, options, kind)
        pictures = len(reading.manifest)
    finally:
        for line in options.skipped.sentences(pictures):
            typer.echo(printable(line), err=True)
    return reading


def _read(source: str, options: Options, kind: str | None) -> Reading:
    from genderlens.data.readers import read_with

    reading = read_with(source, options, kind=kind)
    reading.manifest.require_labels(options.head.labels)
    return reading


def parse_words(words: Iterable[str], head: Head = GENDER) -> dict[str, str]:
    """``WORD=LABEL`` as words for the labels of a head; SettingsError for anything else."""
    names: dict[str, str] = {}
    for word in words:
        name, _, label = word.rpartition("=")
        if not name or label not in head.labels:
            known = " or ".join(f"WORD={label}" for label in head.labels)
            raise SettingsError(f"--label {word!r} is not understood; write {known}")
        names[name] = label
    return names


def parse_labels(labels: str | None) -> Head:
    """The head of ``--labels``: two or more words with commas; SettingsError for anything else."""
    if labels is None:
        return GENDER
    words = tuple(word.strip() for word in labels.split(","))
    try:
        return Head("label", words, "binary" if len(words) == 2 else "categorical")
    except ValueError as error:
        raise SettingsError(f"--labels {labels!r} cannot be: {error}") from error
