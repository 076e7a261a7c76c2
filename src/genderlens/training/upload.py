"""A run folder pushed to a bucket."""

from __future__ import annotations

from tqdm import tqdm

from genderlens.errors import SourceNotFoundError
from genderlens.remote.changes import upload_file
from genderlens.remote.clouds import load_clouds
from genderlens.run_folder import RunFolder
from genderlens.training.phases import is_first_process

_LAST = "run.json"
"""The mark of a finished run, sent when everything else has arrived."""


def require_upload_address(uri: str) -> None:
    """SourceNotFoundError where nothing can be pushed to; asked before the training, not after."""
    scheme, _, key = uri.partition("://")
    if scheme not in load_clouds() or not key.strip("/"):
        raise SourceNotFoundError(f"cannot upload to {uri!r}; give s3://BUCKET/KEY or gs://…")


def upload_run(run: RunFolder, uri: str) -> int:
    """Push every file of a finished run below an address; returns how many.

    Of several processes only the first pushes.
    """
    if not is_first_process():
        return 0
    run.require_finished()
    files = sorted(path for path in run.path.rglob("*") if path.is_file())
    files.sort(key=lambda path: path == run.path / _LAST)
    for path in tqdm(files, desc="uploading"):
        upload_file(path, f"{uri.rstrip('/')}/{path.relative_to(run.path).as_posix()}")
    return len(files)
