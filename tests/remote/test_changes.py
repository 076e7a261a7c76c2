"""Objects removed from a real S3 server (moto)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

import clouds
from genderlens.errors import DataError, SourceNotFoundError
from genderlens.remote.changes import remove_remote


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with clouds.serve_s3() as files:
        yield files


@pytest.fixture
def bucket(s3: Any) -> Iterator[str]:
    s3.mkdir("bucket")
    yield "s3://bucket"
    s3.call_s3("delete_bucket_policy", Bucket="bucket")
    s3.rm("bucket", recursive=True)


def test_a_thousand_objects_take_one_request(
    s3: Any, bucket: str, caplog: pytest.LogCaptureFixture
) -> None:
    uris = [f"{bucket}/a/{index} é&<.txt" for index in range(2_001)]
    for uri in (uris[0], uris[1_000], uris[2_000], f"{bucket}/a/other"):
        s3.pipe_file(uri, b"x")
    with caplog.at_level(logging.INFO, "werkzeug"):
        assert remove_remote(uris) == {}
    assert ["?delete" in line for line in caplog.messages] == [True] * 3
    assert s3.find("bucket") == ["bucket/a/other"]


def test_what_cannot_be_removed_is_told_and_the_others_go(s3: Any, bucket: str) -> None:
    uris = [f"{bucket}/{name}" for name in ("a", "kept", "z")]
    for uri in uris:
        s3.pipe_file(uri, b"x")
    clouds.forbid_to_remove(s3, "bucket", "kept")
    assert remove_remote(uris) == {f"{bucket}/kept": "Access Denied"}
    assert s3.find("bucket") == ["bucket/kept"]


def test_nothing_to_remove(bucket: str) -> None:
    assert remove_remote([]) == {}
    assert remove_remote([f"{bucket}/never/there"]) == {}
    with pytest.raises(SourceNotFoundError, match="no bucket 'nowhere'"):
        remove_remote(["s3://nowhere/a"])


def test_another_cloud() -> None:
    objects = dict.fromkeys(("a[1]*/x", "a[1]*/y", "a1b/x", "a1b/y"), b"x")
    with clouds.serve_bucket("bucket", objects):
        wanted = [f"gs://bucket/a[1]*/{name}" for name in ("x", "y", "never there")]
        assert remove_remote(wanted) == {}
        assert sorted(objects) == ["a1b/x", "a1b/y"]
        assert remove_remote(wanted) == {}
        assert remove_remote(["gs://bucket/a1b/y", "gs://bucket/a1b/z"]) == {}
        assert sorted(objects) == ["a1b/x"]
        with pytest.raises(SourceNotFoundError, match="no bucket 'nowhere'"):
            remove_remote(["gs://nowhere/a"])


def test_a_server_that_does_not_answer(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("connection lost")

    monkeypatch.setattr(type(s3), "call_s3", fail)
    with pytest.raises(DataError, match="connection lost"):
        remove_remote(["s3://bucket/a"])
