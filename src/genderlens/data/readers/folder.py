"""A folder with one folder per class: ``SOURCE[/SPLIT]/male/*.jpg``."""

from __future__ import annotations

from collections.abc import Iterator

from genderlens.data.manifest import SPLIT_NAMES, Manifest, parse_label
from genderlens.data.places import Place
from genderlens.data.readers import Options, reader
from genderlens.data.readers.listing import is_picture, require_plain_file, visible
from genderlens.errors import SourceNotFoundError, UnknownLabelError
from genderlens.types import LABELS


def looks_like_class_folders(source: Place) -> bool:
    """Whether the source is a folder that holds class folders, directly or under its splits."""
    if not source.is_dir():
        return False
    names = {child.name.lower() for child in _folders(source)}
    return bool(names & ({*LABELS} | SPLIT_NAMES.keys()))


@reader("folder", "a folder with one folder per class", looks_like_class_folders)
def read_folder(source: Place, options: Options) -> Manifest:
    """Read class folders, optionally below ``train``, ``val`` and ``test`` folders."""
    if not source.is_dir():
        raise SourceNotFoundError(f"no folder at '{source}'; check the path")
    return Manifest.from_rows(
        {
            "uri": str(path),
            "label": parse_label(folder.name, str(folder), options.names),
            "subject": None,
            "source": source.absolute().name,
            "split": split,
        }
        for split, folder in _class_folders(source)
        for path in _pictures(folder)
    )


def _class_folders(root: Place) -> Iterator[tuple[str | None, Place]]:
    _refuse_unlabelled(root)
    for child in _folders(root):
        split = SPLIT_NAMES.get(child.name.lower())
        if split is None:
            yield None, child
        else:
            _refuse_unlabelled(child)
            yield from ((split, folder) for folder in _folders(child))


def _refuse_unlabelled(folder: Place) -> None:
    for path in visible(folder):
        if path.is_file() and is_picture(path):
            raise UnknownLabelError(
                f"picture {path} lies outside the class folders, so it has no label; "
                f"move it into one of {', '.join(LABELS)} or remove it"
            )


def _folders(parent: Place) -> list[Place]:
    return [path for path in visible(parent) if path.is_dir()]


def _pictures(folder: Place) -> Iterator[Place]:
    """The pictures of a class folder; files of other kinds are no pictures and are left alone."""
    for path in visible(folder):
        if path.is_dir():
            raise UnknownLabelError(
                f"stray folder {path} inside a class folder; move its pictures up or remove it"
            )
        if is_picture(path):
            yield require_plain_file(path)
