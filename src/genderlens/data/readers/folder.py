"""A folder with one folder per class: ``SOURCE[/PART]/LABEL/*.jpg``, ``SOURCE/LABEL[/PART]/*.jpg``.

Parts are folders whose names hold a word such as ``train``, ``valid`` or ``testing``. A folder of
crops may hold a table of subjects and attributes beside them: data/crop_table.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from genderlens.data.crop_table import read_crop_table
from genderlens.data.manifest import Manifest
from genderlens.data.readers import Options, reader
from genderlens.data.readers.listing import list_children, pick_pictures
from genderlens.data.sources.parts import (
    NO_PART,
    find_part,
    find_part_of_path,
    parts_in,
    require_told,
)
from genderlens.data.sources.paths import Place
from genderlens.data.sources.skipped import SkippedItems
from genderlens.data.vocabulary import Vocabulary
from genderlens.errors import SourceNotFoundError, UnknownLabelError

GUESSES_NOTE: Final = "GUESSES.txt"
"""Lies in a folder of crops that are sorted by what a model saw in them."""


class _ClassFolder(NamedTuple):
    """Pictures of one label in one part; ``undivided`` ones lie in a folder that says so."""

    label_word: str
    split: str | None
    folder: Place
    files: list[Place]
    undivided: bool = False


def looks_like_class_folders(source: Place, options: Options) -> bool:
    """Whether the source is a folder that holds class folders, directly or under its parts."""
    if not source.is_dir():
        return False
    folders, words = list_children(source, SkippedItems()).folders, options.vocabulary
    if any(folder.name in words for folder in folders):
        return True
    below = (
        list_children(part, SkippedItems()).folders for part in folders if _is_above_classes(part)
    )
    return any(folder.name in words for inner in below for folder in inner)


@reader("folder", "a folder with one folder per class", looks_like_class_folders, rank=10)
def read_folder(source: Place, options: Options) -> Manifest:
    """Read class folders, optionally below or above folders of parts.

    Raises UnknownLabelError for pictures without a label, ManifestError where it cannot be told
    which part a folder is of.
    """
    if not source.is_dir():
        raise SourceNotFoundError(f"no folder at '{source}'; check the path")
    classes, words = list(_class_folders(source, options)), options.vocabulary
    for found in classes:
        words.parse(found.label_word, str(found.folder))
    if not options.any_parts:
        told = [found for found in classes if not found.undivided]
        require_told({str(found.folder): found.split for found in told})
    facts = read_crop_table(source)
    return Manifest.from_rows(
        {
            "subject": None,
            **facts.get(path.name, {}),
            "uri": str(path),
            "label": words.parse(found.label_word, str(found.folder)),
            "source": source.absolute().name,
            "split": found.split,
        }
        for found in classes
        for path in pick_pictures(found.files, options.skipped)
    )


def _class_folders(root: Place, options: Options) -> Iterator[_ClassFolder]:
    children, words = list_children(root, options.skipped), options.vocabulary
    _refuse_guesses(root, children.files)
    _refuse_unlabelled(children.files, options)
    for child in children.folders:
        if child.name in words or not _is_above_classes(child):
            yield from _below_class(child, [], options)
            continue
        find_part(child.name, str(child))
        inner = list_children(child, options.skipped)
        _refuse_unlabelled(inner.files, options)
        for folder in inner.folders:
            yield from _below_class(folder, [child.name], options)


def _below_class(folder: Place, above: list[str], options: Options) -> Iterator[_ClassFolder]:
    """A class folder, and the parts that it is divided into."""
    children = list_children(folder, options.skipped)
    split = find_part_of_path(above, str(folder))
    undivided = bool(above) and split is None
    if children.files or not children.folders:
        yield _ClassFolder(folder.name, split, folder, children.files, undivided)
    for inner in children.folders:
        if not parts_in(inner.name) or folder.name not in options.vocabulary:
            raise UnknownLabelError(_stray(inner, folder, options.vocabulary))
        part = find_part_of_path([*above, inner.name], str(inner))
        deeper = list_children(inner, options.skipped)
        if deeper.folders:
            raise UnknownLabelError(_stray(deeper.folders[0], folder, options.vocabulary))
        yield _ClassFolder(folder.name, part, inner, deeper.files)


def _is_above_classes(folder: Place) -> bool:
    """Whether a folder is of a part, or of the pictures that are of none."""
    return bool(parts_in(folder.name)) or folder.name.lower() == NO_PART


def _refuse_guesses(root: Place, files: list[Place]) -> None:
    if any(path.name == GUESSES_NOTE for path in files):
        raise UnknownLabelError(
            f"the crops in {root} are sorted by what a model saw, which are guesses and no labels; "
            f"cut them from pictures with labels, or sort them yourself and remove {GUESSES_NOTE}"
        )


def _stray(inner: Place, folder: Place, words: Vocabulary) -> str:
    words.parse(folder.name, str(folder))
    return f"stray folder {inner} inside a class folder; move its pictures up or remove it"


def _refuse_unlabelled(files: list[Place], options: Options) -> None:
    for path in pick_pictures(files, options.skipped):
        raise UnknownLabelError(
            f"picture {path} lies outside the class folders, so it has no label; "
            f"move it into one of {', '.join(options.head.labels)} or remove it"
        )
