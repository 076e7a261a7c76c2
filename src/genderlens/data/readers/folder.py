"""A folder with one folder per class: ``SOURCE[/SPLIT]/male/*.jpg``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from genderlens.data.manifest import SPLIT_NAMES, Manifest, parse_label
from genderlens.data.readers import Options, reader
from genderlens.data.readers.listing import is_picture, require_plain_file, visible
from genderlens.errors import SourceNotFoundError, UnknownLabelError
from genderlens.types import LABELS


def looks_like_class_folders(source: str) -> bool:
    """Whether the source is a folder that holds class folders, directly or under its splits."""
    root = Path(source)
    if not root.is_dir():
        return False
    names = {child.name.lower() for child in _folders(root)}
    return bool(names & ({*LABELS} | SPLIT_NAMES.keys()))


@reader("folder", "a folder with one folder per class", looks_like_class_folders)
def read_folder(source: str, options: Options) -> Manifest:
    """Read class folders, optionally below ``train``, ``val`` and ``test`` folders."""
    root = Path(source)
    if not root.is_dir():
        raise SourceNotFoundError(f"no folder at {source!r}; check the path")
    return Manifest.from_rows(
        {
            "uri": str(path),
            "label": parse_label(folder.name, str(folder), options.names),
            "subject": None,
            "source": root.absolute().name,
            "split": split,
        }
        for split, folder in _class_folders(root)
        for path in _pictures(folder)
    )


def _class_folders(root: Path) -> Iterator[tuple[str | None, Path]]:
    _refuse_unlabelled(root)
    for child in _folders(root):
        split = SPLIT_NAMES.get(child.name.lower())
        if split is None:
            yield None, child
        else:
            _refuse_unlabelled(child)
            yield from ((split, folder) for folder in _folders(child))


def _refuse_unlabelled(folder: Path) -> None:
    for path in visible(folder):
        if path.is_file() and is_picture(path):
            raise UnknownLabelError(
                f"picture {path} lies outside the class folders, so it has no label; "
                f"move it into one of {', '.join(LABELS)} or remove it"
            )


def _folders(parent: Path) -> list[Path]:
    return [path for path in visible(parent) if path.is_dir()]


def _pictures(folder: Path) -> Iterator[Path]:
    """The pictures of a class folder; files of other kinds are no pictures and are left alone."""
    for path in visible(folder):
        if path.is_dir():
            raise UnknownLabelError(
                f"stray folder {path} inside a class folder; move its pictures up or remove it"
            )
        if is_picture(path):
            yield require_plain_file(path)
