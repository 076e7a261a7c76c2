"""A SOURCE of labelled pictures as the commands take it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from genderlens.cli.terminal import printable
from genderlens.errors import SettingsError
from genderlens.types import DEVICES, FACE_POLICIES, LABELS, TTA

if TYPE_CHECKING:
    from genderlens.data.manifest import Manifest
    from genderlens.data.readers import Options, Reading
    from genderlens.types import Label

Faces = Annotated[str | None, typer.Option(help=f"Which faces count: {', '.join(FACE_POLICIES)}.")]
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
    typer.Option("--label", metavar="WORD=LABEL", help="A further word for a label: 0=male."),
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
) -> Manifest:
    """The manifest of a source. Raises what ``read_source`` raises, SettingsError for a word.

    What is left out is told on stderr.
    """
    return load_source(source, kind, pattern, words, strict=strict).manifest


def load_source(
    source: str,
    kind: str | None,
    pattern: str | None,
    words: Sequence[str] | None,
    *,
    strict: bool = False,
    any_parts: bool = False,
) -> Reading:
    """Like ``load_manifest``, with the counts of what was found and left out.

    ``any_parts`` reads a source too of which it cannot be told what may teach.
    """
    from genderlens.data.readers import Options
    from genderlens.data.sources.skipped import SkippedItems

    names = parse_words(words or ())
    options = Options(names, pattern, ledger=SkippedItems(strict=strict), any_parts=any_parts)
    pictures = 0
    try:
        reading = _read(source, options, kind)
        pictures = len(reading.manifest)
    finally:
        for line in options.ledger.sentences(pictures):
            typer.echo(printable(line), err=True)
    return reading


def _read(source: str, options: Options, kind: str | None) -> Reading:
    from genderlens.data.readers import read_with

    reading = read_with(source, options, kind=kind)
    reading.manifest.require_both_labels()
    return reading


def parse_words(words: Iterable[str]) -> dict[str, Label]:
    """``men=male`` and the like as words for labels; SettingsError for anything else."""
    names: dict[str, Label] = {}
    for word in words:
        name, _, meaning = word.rpartition("=")
        label = next((label for label in LABELS if label == meaning), None)
        if not name or label is None:
            known = " or ".join(f"WORD={label}" for label in LABELS)
            raise SettingsError(f"--label {word!r} is not understood; write {known}")
        names[name] = label
    return names
