"""Objects of a cloud stored and removed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from genderlens.errors import DataError
from genderlens.remote import connect, named
from genderlens.remote.clouds import Cloud, load_clouds


def upload_file(path: Path, uri: str) -> None:
    """Store a local file as an object, whole or not at all."""
    files, key = connect(uri)
    with named(uri):
        files.put_file(str(path), key)


def write_remote(uri: str, content: bytes) -> None:
    """Replace an object, whole or not at all."""
    files, key = connect(uri)
    with named(uri):
        files.pipe_file(key, content)


def create_remote(uri: str, content: bytes) -> bool:
    """Store an object where there is none yet; False where one is there."""
    files, key = connect(uri)
    with named(uri):
        try:
            files.pipe_file(key, content, mode="create")
        except FileExistsError:
            return False
    return True


def remote_tag(uri: str) -> str:
    """What changes with every replacement of an object; empty where there is none."""
    files, key = connect(uri)
    with named(uri, files):
        try:
            info = files.info(key)
        except FileNotFoundError:
            return ""
    tag = _cloud(uri).tag(info)
    if not tag:
        raise DataError(f"the cloud tells no version of {uri!r}; use one that does")
    return str(tag)


def replace_remote(uri: str, content: bytes, tag: str) -> bool:
    """Replace the object that has the tag, empty for none; False where it is another by now."""
    if not tag:
        return create_remote(uri, content)
    files, key = connect(uri)
    with named(uri):
        return _cloud(uri).replace(files, key, content, tag)


def remove_remote(uris: Sequence[str]) -> dict[str, str]:
    """Remove objects of one bucket, many in a request. The addresses of those still there, and why.

    That there is no such object is no error; DataError where there is no such bucket, or it cannot
    be reached: some may be gone then.
    """
    if not uris:
        return {}
    files, _ = connect(uris[0])
    keys = {connect(uri)[1]: uri for uri in uris}
    with named(uris[0], files):
        failed = _cloud(uris[0]).remove(files, list(keys))
    return {keys[key]: why for key, why in failed.items()}


def _cloud(uri: str) -> Cloud:
    return load_clouds()[uri.partition("://")[0]]
