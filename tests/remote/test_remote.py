"""Objects in a cloud; see clouds.py for what stands in for S3 and Cloud Storage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import fsspec
import pytest

import clouds
from genderlens.errors import DataError, MissingExtraError, SourceNotFoundError
from genderlens.remote import (
    describe_remote,
    is_remote,
    list_remote,
    open_remote,
    read_remote,
    walk_remote,
)
from genderlens.storage import file_version, file_versions, open_binary, read_bytes

OBJECTS = {"a/x.txt": b"hello", "a/empty": b"", "a/we ird #é.txt": b"w", "b/c/d.txt": b"0123456789"}


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with clouds.serve_s3() as files:
        files.mkdir("bucket")
        for name, content in {**OBJECTS, "a/": b""}.items():
            files.pipe_file(f"bucket/{name}", content)
        yield files


@pytest.fixture(scope="module")
def gs() -> Iterator[None]:
    with clouds.serve_bucket("bucket", OBJECTS):
        yield


@pytest.fixture(params=["s3", "gs"])
def root(request: pytest.FixtureRequest) -> str:
    """The address of the bucket in either cloud."""
    request.getfixturevalue(request.param)
    return f"{request.param}://bucket"


def test_is_remote() -> None:
    assert is_remote("s3://bucket/key")
    assert not is_remote("file:///a/b.jpg")
    assert not is_remote("/a/b.jpg")


def test_objects_come_back(root: str) -> None:
    for name, content in OBJECTS.items():
        assert read_bytes(f"{root}/{name}") == content
    with open_binary(f"{root}/b/c/d.txt") as stream:
        assert (stream.seek(4), stream.read(3), stream.tell()) == (4, b"456", 7)


def test_folders_are_listed_by_name(root: str) -> None:
    names = [(entry.name, entry.is_folder) for entry in list_remote(f"{root}/a")]
    assert names == [("empty", False), ("we ird #é.txt", False), ("x.txt", False)]
    assert [(e.uri, e.is_folder) for e in list_remote(root)] == [
        (f"{root}/a", True),
        (f"{root}/b", True),
    ]
    assert describe_remote(f"{root}/b").is_folder
    assert not describe_remote(f"{root}/a/x.txt").is_folder


def test_objects_are_told_by_their_prefix(root: str) -> None:
    def told(prefix: str) -> list[str]:
        return sorted(uri.removeprefix(root) for uri in walk_remote(f"{root}{prefix}"))

    there = {f"/{name}" for name in OBJECTS}
    assert there <= set(told("/")) <= there | {"/a/"}
    assert told("/b/c") == told("/b/") == ["/b/c/d.txt"]
    assert told("/a/x") == ["/a/x.txt"]
    assert told("/a/y") == []
    with pytest.raises(SourceNotFoundError, match="no bucket 'nowhere'"):
        list(walk_remote(f"{root.partition(':')[0]}://nowhere/"))


def test_what_is_missing_is_named_with_its_bucket(root: str) -> None:
    with pytest.raises(SourceNotFoundError, match=rf"no file at '{root}/a/gone'"):
        read_bytes(f"{root}/a/gone")
    scheme = root.partition(":")[0]
    with pytest.raises(SourceNotFoundError, match=rf"no bucket 'nowhere'.*'{scheme}://nowhere/a'"):
        read_bytes(f"{scheme}://nowhere/a")
    with pytest.raises(SourceNotFoundError, match="no bucket 'nowhere'"):
        list_remote(f"{scheme}://nowhere")


def test_a_large_object_is_not_read(root: str) -> None:
    with pytest.raises(DataError, match=r"d\.txt has more than 9 bytes"):
        read_remote(f"{root}/b/c/d.txt", 9)
    assert read_remote(f"{root}/b/c/d.txt", 10) == OBJECTS["b/c/d.txt"]


def test_a_replaced_object_has_another_version(s3: Any) -> None:
    s3.pipe_file("bucket/v/one", b"same length")
    before = file_version("s3://bucket/v/one")
    assert file_version("s3://bucket/v/one") == before
    s3.pipe_file("bucket/v/one", b"other bytes")
    assert file_version("s3://bucket/v/one") != before


def test_versions_of_many_objects_come_from_one_listing(
    s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    uris = [f"s3://bucket/many/{index}" for index in range(9)]
    for uri in uris:
        s3.pipe_file(uri, uri.encode())
    single = [file_version(uri) for uri in uris]

    def refuse(uri: str) -> str:
        raise AssertionError(uri)

    monkeypatch.setattr("genderlens.storage.describe_remote", refuse)
    listed = list(file_versions(uris))
    assert len(set(listed)) == 9
    assert listed == single


def walk(uri: str) -> list[str]:
    return list(walk_remote(uri))


@pytest.mark.parametrize(
    "uri",
    ["http://host/a.jpg", "memory://a.jpg", "simplecache::s3://bucket/a", "nope://host/a.jpg"],
)
def test_no_other_scheme_is_opened(uri: str) -> None:
    for read in (open_remote, describe_remote, list_remote, walk, read_bytes, file_version):
        with pytest.raises(SourceNotFoundError, match=r"use a local path or one of s3://, gs://"):
            read(uri)


@pytest.mark.parametrize("uri", ["s3://key:hidden@bucket/a.jpg", "s3://", "gs:///"])
def test_an_address_holds_a_bucket_and_no_credentials(uri: str) -> None:
    with pytest.raises(SourceNotFoundError, match="holds no credentials") as caught:
        open_remote(uri)
    assert "hidden" not in caught.value.message


@pytest.mark.parametrize(("scheme", "extra"), [("s3", "s3"), ("gs", "gcs")])
def test_a_scheme_without_its_package_says_what_to_install(
    scheme: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ImportError("install it")

    monkeypatch.setattr(fsspec, "filesystem", missing)
    with pytest.raises(MissingExtraError, match=rf"pip install 'genderlens\[{extra}\]'"):
        open_binary(f"{scheme}://bucket/a.jpg")


def test_missing_credentials_are_told(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    type(s3).clear_instance_cache()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(DataError, match=r"no credentials to read 's3://bucket/a/x\.txt'.*S3_ANON"):
        read_bytes("s3://bucket/a/x.txt")
    type(s3).clear_instance_cache()


def test_no_access_is_told(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(*_: object, **__: object) -> None:
        raise PermissionError("Access Denied")

    monkeypatch.setattr(type(s3), "info", forbid)
    with pytest.raises(DataError, match=r"no access to 's3://bucket/a'.*Denied; check the cred"):
        describe_remote("s3://bucket/a")


def test_a_failure_while_reading_names_the_object(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise RuntimeError("connection lost")

    with open_remote("s3://bucket/b/c/d.txt") as stream:
        monkeypatch.setattr("s3fs.core.S3File.read", fail)
        with pytest.raises(DataError, match=r"'s3://bucket/b/c/d\.txt' cannot be read: connection"):
            stream.read()
