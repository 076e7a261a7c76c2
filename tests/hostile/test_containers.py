"""Parquet, tar and lists that are built to cost: a clear error or row, in bounded time and memory.

Every attack is tried in a process that may take 2 GB of address space more than it has when it
starts, and half a minute.
"""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
import tarfile
import tempfile
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from forks import command
from genderlens.data.manifest import Manifest
from genderlens.data.sources.images import iterate_contents
from genderlens.errors import DataError
from genderlens.labelling.inputs.sources import iterate_items
from hostile.pictures import encode, scene

Write = Callable[[Path], None]
_IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
_PICTURE = encode(scene(), "PNG")


def _cells(content: bytes | None, rows: int) -> pa.Array:
    """So many rows of one value, held once."""
    leaf = pa.array([content], pa.binary())
    taken = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), leaf)
    return taken.cast(pa.binary()) if content is not None else pa.nulls(rows, pa.binary())


def a_million_rows_of_nothing(path: Path) -> None:
    rows = 1_000_000
    labels = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array(["male"]))
    table = pa.table({"image": _cells(None, rows), "label": labels})
    pq.write_table(table, path, compression="zstd", row_group_size=rows)


def one_large_value_in_every_row(path: Path) -> None:
    """15 MB that a dictionary holds once, two hundred times: 3 GB if it were written out."""
    rows, at_once, value = 200, 20, os.urandom(1_000) * 15_000
    schema = pa.schema([("image", pa.dictionary(pa.int32(), pa.binary())), ("label", pa.string())])
    taken = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(at_once, np.int32)), pa.array([value], pa.binary())
    )
    with pq.ParquetWriter(
        path, schema, compression="zstd", store_schema=False, dictionary_pagesize_limit=1 << 30
    ) as writer:
        for _ in range(0, rows, at_once):
            writer.write_table(pa.table({"image": taken, "label": ["male"] * at_once}, schema))


def zeros_packed_a_thousandfold(path: Path) -> None:
    table = pa.table({"image": [b"\0" * 60_000_000], "label": ["male"]})
    pq.write_table(table, path, compression="zstd", use_dictionary=False)
    assert path.stat().st_size < 1_000_000


def lists_in_the_image_column(path: Path) -> None:
    table = pa.table({"image": [[_PICTURE] * 3] * 3, "label": ["male"] * 3})
    pq.write_table(table, path)


def a_long_label_in_every_row(path: Path) -> None:
    rows = 9_000
    label = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(rows, np.int32)), pa.array(["x" * 2_000_000])
    )
    table = pa.table({"image": _cells(b"p", rows), "label": label})
    pq.write_table(table, path, compression="zstd", dictionary_pagesize_limit=1 << 30)


def pax_digits(path: Path) -> None:
    """The pattern that looks for a header's charset takes a minute over 160 KB of digits."""
    body = b"1" * 160_000
    head = tarfile.TarInfo("pax")
    head.type, head.size = tarfile.XHDTYPE, len(body)
    padded = body + b"\0" * (-len(body) % 512)
    path.write_bytes(head.tobuf(tarfile.USTAR_FORMAT) + padded + _member("a.png", _PICTURE))


def many_short_pax_digits(path: Path) -> None:
    body = b"2" * 90_000
    head = tarfile.TarInfo("pax")
    head.type, head.size = tarfile.XHDTYPE, len(body)
    one = head.tobuf(tarfile.USTAR_FORMAT) + body + b"\0" * (-len(body) % 512)
    path.write_bytes((one + _member("a.png", b"")) * 100)


def pax_header_of_a_gigabyte(path: Path) -> None:
    head = tarfile.TarInfo("pax")
    head.type, head.size = tarfile.XGLTYPE, 1 << 30
    with path.open("wb") as stream:
        stream.write(head.tobuf(tarfile.USTAR_FORMAT))
        stream.truncate(512 + (1 << 30))


def pax_sparse_map(path: Path) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        member = tarfile.TarInfo("a.png")
        member.size = len(_PICTURE)
        member.pax_headers = {"GNU.sparse.map": "0,1" * 20, "GNU.sparse.size": "9" * 18}
        tar.addfile(member, io.BytesIO(_PICTURE))
    path.write_bytes(stream.getvalue())


def a_member_of_negative_size(path: Path) -> None:
    head = bytearray(_member("a.png", b"")[:512])
    head[124:136] = b"\xff" * 11 + b"\x00"  # base 256, two's complement
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    path.write_bytes(bytes(head) + _member("b.png", _PICTURE))


def a_name_of_a_gigabyte(path: Path) -> None:
    head = tarfile.TarInfo("././@LongLink")
    head.type, head.size = tarfile.GNUTYPE_LONGNAME, 1 << 30
    with path.open("wb") as stream:
        stream.write(head.tobuf(tarfile.GNU_FORMAT))
        stream.truncate(512 + (1 << 30))


def _member(name: str, content: bytes) -> bytes:
    head = tarfile.TarInfo(name)
    head.size = len(content)
    return head.tobuf(tarfile.USTAR_FORMAT) + content + b"\0" * (-len(content) % 512)


PARQUET: dict[Write, str] = {a_million_rows_of_nothing: "says 1,000,000 rows"}
PICTURES: dict[Write, str] = {
    zeros_packed_a_thousandfold: "packs 60,000",
    lists_in_the_image_column: "has lists in its column 'image'",
}
TAR: dict[Write, str] = {
    pax_digits: "an extended header of 160,000 bytes",
    many_short_pax_digits: "endless numbers",
    pax_header_of_a_gigabyte: "an extended header of 1,073,741,824 bytes",
    pax_sparse_map: "sparse parts",
    a_member_of_negative_size: "negative size|lies before itself",
    a_name_of_a_gigabyte: "an extended header of 1,073,741,824 bytes",
}
ATTACKS = [(".parquet", *one) for one in PARQUET.items()]
ATTACKS += [(".tar", *one) for one in TAR.items()]
BUILDERS = [(suffix, write) for suffix, write, _ in ATTACKS]
BUILDERS += [(".parquet", write) for write in PICTURES]


def _name(value: object) -> str:
    return getattr(value, "__name__", "")


_LIMIT = """
import resource
_pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (_pages * resource.getpagesize() + 2_000_000_000,) * 2)
"""
_BOUNDED = f"""{_LIMIT}
import multiprocessing, signal, sys
signal.alarm(int(sys.argv.pop(1)))
multiprocessing.set_executable(sys.argv.pop(1))
from genderlens.cli import main
main()
"""
_WORKER = """#!/bin/sh
case "$*" in *spawn_main*) ;; *) exec {python} "$@" ;; esac
while [ "$1" != -c ]; do shift; done
code=$2
shift 2
exec {command} "{limit}$code" "$@"
"""


def run_bounded(*arguments: str, seconds: int = 60) -> subprocess.CompletedProcess[str]:
    """``genderlens ARGUMENTS`` that a limit on memory or time would end with a signal or 1.

    It is forked from the warm process, and so are its workers.
    """
    with tempfile.TemporaryDirectory() as folder:
        worker = Path(folder) / "python"
        words = shlex.join(command("python", "-c"))
        limit = _LIMIT.replace('"', "'")
        worker.write_text(_WORKER.format(python=sys.executable, command=words, limit=limit))
        worker.chmod(0o700)
        words = command("python", "-c", _BOUNDED, str(seconds), str(worker), *arguments)
        return subprocess.run(words, capture_output=True, text=True)


@pytest.mark.parametrize(("suffix", "write", "words"), ATTACKS, ids=_name)
def test_every_command_refuses_it(tmp_path: Path, suffix: str, write: Write, words: str) -> None:
    path = tmp_path / f"bomb{suffix}"
    write(path)
    done = run_bounded("data", "inspect", str(path))
    assert done.returncode == 4, done.stderr[-2000:]
    assert any(word in " ".join(done.stderr.split()) for word in words.split("|")), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("write", "words"), PICTURES.items(), ids=_name)
def test_pictures_that_cannot_be_read_are_errors_of_their_rows(
    tmp_path: Path, write: Write, words: str
) -> None:
    path = tmp_path / "bomb.parquet"
    write(path)
    (found,) = iterate_contents(_rows(path, 0))
    assert isinstance(found, DataError)
    assert words in found.message


def _rows(path: Path, *numbers: int) -> Manifest:
    blank = dict.fromkeys(("label", "subject", "source", "split"))
    return Manifest.from_rows({"uri": f"{path}#{number}", **blank} for number in numbers)


@pytest.mark.parametrize(("suffix", "write"), BUILDERS, ids=_name)
def test_labelling_goes_on_behind_it(tmp_path: Path, suffix: str, write: Write) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    write(source / f"bomb{suffix}")
    (source / "good.png").write_bytes(_PICTURE)
    arguments = ["label", str(source), "--out", str(out), "--workers", "1", "--format", "jsonl"]
    done = run_bounded(*arguments, seconds=120)
    assert done.returncode in {0, 3}, done.stderr[-2000:]
    rows = [json.loads(line) for line in (out / "labels.jsonl").read_text().splitlines()]
    outcomes = {Path(row["uri"]).name.split("#")[0]: row["outcome"] for row in rows}
    assert outcomes["good.png"] != "unreadable"
    assert outcomes[f"bomb{suffix}"] == "unreadable"


def test_a_value_that_all_rows_share_is_held_once(tmp_path: Path) -> None:
    path = tmp_path / "shared.parquet"
    one_large_value_in_every_row(path)
    code = textwrap.dedent(
        f"""
        import resource
        from genderlens.data.sources.images import iterate_contents
        from genderlens.data.manifest import Manifest
        resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000,) * 2)
        names = dict.fromkeys(("label", "subject", "source", "split"))
        rows = Manifest.from_rows({{"uri": f"{path}#{{i}}", **names}} for i in range(200))
        print(sum(len(content) for content in iterate_contents(rows)))
        """
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == str(200 * 15_000_000), done.stderr[-2000:]


def test_a_long_label_in_every_row_is_not_written_out(tmp_path: Path) -> None:
    path = tmp_path / "labels.parquet"
    a_long_label_in_every_row(path)
    done = run_bounded("data", "inspect", str(path))
    assert done.returncode == 4, done.stderr[-1000:]
    assert len(done.stderr) < 3_000


def test_a_list_with_impossible_names_costs_these_lines(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.png").write_bytes(_PICTURE)
    long = ["x" * 300 + ".png", "a/" * 3000 + "b.png"]
    names = [*long, "good.png", "good.png/inside.png", "\x07.png"]
    (folder / "list.txt").write_text("\n".join(names) + "\n")
    items = list(iterate_items(str(folder / "list.txt")))
    assert len(items) == 5
    out = tmp_path / "out"
    arguments = ["--out", str(out), "--format", "jsonl", "--workers", "1"]
    done = run_bounded("label", str(folder / "list.txt"), *arguments, seconds=120)
    assert done.returncode in {0, 3}, done.stderr
    rows = [json.loads(line) for line in (out / "labels.jsonl").read_text().splitlines()]
    assert [row["outcome"] == "unreadable" for row in rows] == [True, True, False, True, True]


def test_a_row_group_that_is_shorter_than_it_says_is_an_error_of_the_row(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"image": [_PICTURE] * 3}), path)
    found = [isinstance(content, DataError) for content in iterate_contents(_rows(path, 0, 2, 3))]
    assert found == [False, False, True]
