"""A SOURCE of labelled pictures as the commands take it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from genderlens.errors import SettingsError
from genderlens.types import FACE_POLICIES, LABELS, TTA

if TYPE_CHECKING:
    from genderlens.data.manifest import Manifest
    from genderlens.types import Label

Faces = Annotated[str | None, typer.Option(help=f"Which faces count: {', '.join(FACE_POLICIES)}.")]
Views = Annotated[str | None, typer.Option(help=f"Test-time augmentation: {', '.join(TTA)}.")]
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


def load_manifest(
    source: str, kind: str | None, pattern: str | None, words: Sequence[str] | None
) -> Manifest:
    """The manifest of a source. Raises what ``read_source`` raises, SettingsError for a word."""
    from genderlens.data.readers import read_source

    return read_source(source, kind=kind, names=_names(words or ()), pattern=pattern)


def _names(words: Iterable[str]) -> dict[str, Label]:
    names: dict[str, Label] = {}
    for word in words:
        name, _, meaning = word.rpartition("=")
        label = next((label for label in LABELS if label == meaning), None)
        if not name or label is None:
            known = " or ".join(f"WORD={label}" for label in LABELS)
            raise SettingsError(f"--label {word!r} is not understood; write {known}")
        names[name] = label
    return names
