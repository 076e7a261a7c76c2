"""Objects of a cloud stored and removed."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from genderlens.errors import DataError
from genderlens.remote import connect, named

_LOST: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"})
"""What S3 says to whoever comes second."""
REMOVED_AT_ONCE: Final = 1000
"""As many as S3 takes in one request."""


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
    tag = info.get("ETag") if uri.startswith("s3://") else info.get("generation")
    if not tag:
        raise DataError(f"the cloud tells no version of {uri!r}; use one that does")
    return str(tag)


def replace_remote(uri: str, content: bytes, tag: str) -> bool:
    """Replace the object that has the tag, empty for none; False where it is another by now."""
    if not tag:
        return create_remote(uri, content)
    files, key = connect(uri)
    with named(uri):
        try:
            if uri.startswith("s3://"):
                files.pipe_file(key, content, IfMatch=tag)
            else:
                _replace_in_gcs(files, key, content, tag)
        except (FileExistsError, FileNotFoundError):
            return False
        except OSError as error:
            if _s3_code(error) in _LOST:
                return False
            raise
    return True


def _replace_in_gcs(files: Any, key: str, content: bytes, generation: str) -> None:
    """Asked directly: gcsfs itself takes no generation. FileExistsError where it is another."""
    bucket, _, name = key.partition("/")
    upload = files.base.replace("/storage/v1/", "/upload/storage/v1/")
    where = {"uploadType": "media", "name": name, "ifGenerationMatch": generation}
    kind = {"Content-Type": "application/octet-stream"}
    files.call("POST", f"{upload}b/{{}}/o", bucket, headers=kind, data=content, **where)


def _s3_code(error: OSError) -> str:
    response = getattr(error.__cause__, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


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
        if not uris[0].startswith("s3://"):
            _remove_together(files, list(keys))
            return {}
        failed: dict[str, str] = {}
        for start in range(0, len(keys), REMOVED_AT_ONCE):
            failed |= _remove_from_s3(files, list(keys)[start : start + REMOVED_AT_ONCE])
    return {keys[key]: why for key, why in failed.items()}


def _remove_from_s3(files: Any, keys: Sequence[str]) -> dict[str, str]:
    """Asked directly: s3fs itself passes over what S3 says could not be removed."""
    bucket = keys[0].partition("/")[0]
    objects = [{"Key": key.partition("/")[2]} for key in keys]
    wanted = {"Objects": objects, "Quiet": True}
    answer = files.call_s3("delete_objects", Bucket=bucket, Delete=wanted)
    errors = answer.get("Errors", ())
    return {f"{bucket}/{one['Key']}": one.get("Message") or "refused" for one in errors}


def _remove_together(files: Any, keys: Sequence[str]) -> None:
    try:
        files.rm([glob.escape(key) for key in keys])  # it takes patterns
    except FileNotFoundError:  # none of them is there
        if not files.exists(keys[0].partition("/")[0]):
            raise
