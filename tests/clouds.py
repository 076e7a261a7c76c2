"""Clouds on loopback: a real S3 server (moto), and the few calls of the Cloud Storage API.

No emulator of Google's service can be had as a Python package, so ``serve_bucket`` answers what
gcsfs asks for when it reads and lists, as the JSON API's reference describes it: the client is
real, the server is ours.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import Request, urlopen

import pytest

SECRET = "wJalrXUtnFEMI-EXAMPLE"
TIME = "2026-01-02T03:04:05.678Z"


@contextmanager
def serve_s3() -> Iterator[Any]:
    """An empty S3 server that the environment points to; yields s3fs, to put objects there."""
    import s3fs
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    # Servers of one process share their buckets; each test module starts with none.
    urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")).close()
    environment = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            s3fs.S3FileSystem.clear_instance_cache()
            yield s3fs.S3FileSystem(use_listings_cache=False)
    finally:
        s3fs.S3FileSystem.clear_instance_cache()
        server.stop()


def forbid_to_remove(files: Any, bucket: str, key: str) -> None:
    """Have the S3 server keep one object, whoever asks."""
    rule = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteObject",
        "Resource": f"arn:aws:s3:::{bucket}/{key}",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [rule]})
    files.call_s3("put_bucket_policy", Bucket=bucket, Policy=policy)


def upload(files: Any, folder: Path, bucket: str) -> str:
    """Put a folder into a new bucket; the address of the folder there."""
    files.mkdir(bucket)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            key = path.relative_to(folder).as_posix()
            files.pipe_file(f"{bucket}/{folder.name}/{key}", path.read_bytes())
    return f"s3://{bucket}/{folder.name}"


@contextmanager
def serve_bucket(bucket: str, objects: Mapping[str, bytes]) -> Iterator[None]:
    """A server that holds one bucket of Cloud Storage, the environment pointing to it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, body = _answer(self.path, self.headers.get("Range"), bucket, objects)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            with suppress(ConnectionError):  # the client hangs up on an error
                self.end_headers()
                self.wfile.write(content)

        def do_POST(self) -> None:
            assert isinstance(objects, dict)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, found = _store(self.path, body, bucket, objects)
            content = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_DELETE(self) -> None:
            key = unquote(urlsplit(self.path).path).partition("/o/")[2]
            there = isinstance(objects, dict) and objects.pop(key, None) is not None
            self.send_response(204 if there else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    environment = {
        "STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{server.server_port}",
        "FSSPEC_GS_TOKEN": "anon",
        "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false",
    }
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(
    url: str, byte_range: str | None, bucket: str, objects: Mapping[str, bytes]
) -> tuple[int, bytes | dict[str, Any]]:
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    path = unquote(parts.path.removeprefix("/download")).removeprefix("/storage/v1/b/")
    place, _, key = path.partition("/o")
    if place != bucket:
        return 404, {"error": {"code": 404, "message": "The specified bucket does not exist."}}
    if not key.strip("/"):
        return 200, _listing(query, objects) if "/o" in path else {"name": bucket}
    name = key.removeprefix("/")
    if name not in objects:
        return 404, {"error": {"code": 404, "message": f"No such object: {bucket}/{name}"}}
    if query.get("alt") != "media":
        return 200, _describe(name, objects[name], bucket)
    return _media(objects[name], byte_range)


def _store(
    url: str, body: bytes, bucket: str, objects: dict[str, bytes]
) -> tuple[int, dict[str, Any]]:
    """An upload, where the object is still the one that the request says."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    name, content = query.get("name", ""), body
    if query["uploadType"] == "multipart":
        _, head, content, _ = body.split(b"--==0==")
        name = json.loads(head.partition(b"\n\n")[2])["name"]
        content = content.partition(b"\n\n")[2].removesuffix(b"\n")
    there = _generation(objects[name]) if name in objects else "0"
    if query.get("ifGenerationMatch", there) != there:
        return 412, {"error": {"code": 412, "message": "conditionNotMet"}}
    objects[name] = content
    return 200, _describe(name, content, bucket)


def _generation(content: bytes) -> str:
    """Other than Google's, the same for the same content."""
    return str(1 + int(hashlib.md5(content, usedforsecurity=False).hexdigest()[:12], 16))


def _media(content: bytes, byte_range: str | None) -> tuple[int, bytes]:
    if not byte_range:
        return 200, content
    first, _, last = byte_range.removeprefix("bytes=").partition("-")
    return 206, content[int(first) : int(last) + 1 if last else None]


def _listing(query: Mapping[str, str], objects: Mapping[str, bytes]) -> dict[str, Any]:
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter")
    items, folders = [], set[str]()
    for name, content in sorted(objects.items()):
        rest = name.removeprefix(prefix)
        if name.startswith(prefix) and delimiter and delimiter in rest:
            folders.add(prefix + rest.partition(delimiter)[0] + delimiter)
        elif name.startswith(prefix):
            items.append(_describe(name, content, "bucket"))
    limit = int(query.get("maxResults", "1000"))
    kind = "storage#objects"
    return {"kind": kind, "items": items[:limit], "prefixes": sorted(folders)[:limit]}


def _describe(name: str, content: bytes, bucket: str) -> dict[str, Any]:
    tag = hashlib.md5(content, usedforsecurity=False).hexdigest()
    size = str(len(content))
    found = {"name": name, "bucket": bucket, "size": size, "etag": tag, "updated": TIME}
    return found | {"generation": _generation(content)}
