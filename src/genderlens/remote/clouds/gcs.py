"""``gs://bucket/key`` through gcsfs: Google Cloud Storage."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from typing import Any

from genderlens.remote.clouds import Cloud


class Gcs(Cloud):
    """Listed folder by folder; an object's generation tells its versions apart."""

    scheme, extra = "gs", "gcs"

    def list_keys(self, files: Any, bucket: str, prefix: str) -> Iterator[Sequence[str]]:
        """See Cloud."""
        start = f"{bucket}/{prefix}"
        waiting = [start.rpartition("/")[0]]
        while waiting:
            folder = waiting.pop()
            found = files.ls(folder, detail=True)
            # Consoles make an empty object "folder/" to show a folder; it lists itself.
            entries = [(one["name"].rstrip("/"), one["type"] == "directory") for one in found]
            entries = sorted((name, inner) for name, inner in entries if name != folder)
            waiting += [name for name, inner in entries if inner]
            yield [name for name, inner in entries if not inner and name.startswith(start)]

    def tag(self, info: dict[str, Any]) -> str | None:
        """See Cloud."""
        return info.get("generation")

    def replace(self, files: Any, key: str, content: bytes, tag: str) -> bool:
        """See Cloud. Asked directly, for gcsfs takes no generation."""
        bucket, _, name = key.partition("/")
        upload = files.base.replace("/storage/v1/", "/upload/storage/v1/")
        where = {"uploadType": "media", "name": name, "ifGenerationMatch": tag}
        kind = {"Content-Type": "application/octet-stream"}
        try:
            files.call("POST", f"{upload}b/{{}}/o", bucket, headers=kind, data=content, **where)
        except (FileExistsError, FileNotFoundError):
            return False
        return True

    def remove(self, files: Any, keys: Sequence[str]) -> dict[str, str]:
        """See Cloud."""
        try:
            files.rm([glob.escape(key) for key in keys])  # it takes patterns
        except FileNotFoundError:  # none of them is there
            if not files.exists(keys[0].partition("/")[0]):
                raise
        return {}
