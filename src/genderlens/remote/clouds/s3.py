"""``s3://bucket/key`` through s3fs: Amazon S3 and what speaks like it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from genderlens.remote.clouds import REMOVED_AT_ONCE, Cloud

_LOST: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"})
"""What S3 says to whoever comes second."""


class S3(Cloud):
    """Asked directly where s3fs would hold a whole listing, or pass over what failed."""

    scheme, extra = "s3", "s3"

    def list_keys(self, files: Any, bucket: str, prefix: str) -> Iterator[Sequence[str]]:
        """See Cloud."""
        token: dict[str, str] = {}
        while True:
            page = files.call_s3("list_objects_v2", Bucket=bucket, Prefix=prefix, **token)
            yield [f"{bucket}/{entry['Key']}" for entry in page.get("Contents", ())]
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def tag(self, info: dict[str, Any]) -> str | None:
        """See Cloud."""
        return info.get("ETag")

    def replace(self, files: Any, key: str, content: bytes, tag: str) -> bool:
        """See Cloud."""
        try:
            files.pipe_file(key, content, IfMatch=tag)
        except (FileExistsError, FileNotFoundError):
            return False
        except OSError as error:
            if _code(error) in _LOST:
                return False
            raise
        return True

    def remove(self, files: Any, keys: Sequence[str]) -> dict[str, str]:
        """See Cloud."""
        failed: dict[str, str] = {}
        for start in range(0, len(keys), REMOVED_AT_ONCE):
            failed |= _remove(files, keys[start : start + REMOVED_AT_ONCE])
        return failed


def _remove(files: Any, keys: Sequence[str]) -> dict[str, str]:
    bucket = keys[0].partition("/")[0]
    objects = [{"Key": key.partition("/")[2]} for key in keys]
    answer = files.call_s3(
        "delete_objects", Bucket=bucket, Delete={"Objects": objects, "Quiet": True}
    )
    errors = answer.get("Errors", ())
    return {f"{bucket}/{one['Key']}": one.get("Message") or "refused" for one in errors}


def _code(error: OSError) -> str:
    response = getattr(error.__cause__, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))
