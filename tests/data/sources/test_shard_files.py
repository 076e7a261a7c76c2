from __future__ import annotations

import json
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

import photos
from genderlens.data.conversion import Format, convert_manifest
from genderlens.data.manifest import COLUMNS, Manifest
from genderlens.data.readers import read_source
from genderlens.data.sources.images import iterate_image_bytes
from genderlens.errors import DataError, ManifestError

KINDS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    """Twelve pictures in several formats, all with names that say nothing about it."""
    (tmp_path / "in").mkdir()
    rows = []
    for index in range(12):
        kind = list(KINDS.values())[index % 4]
        path = tmp_path / "in" / f"{index}.jpg"
        path.write_bytes(photos.encode(photos.portrait().resize((20 + index, 20)), kind))
        row = {"uri": str(path), "label": "male" if index % 5 else "female", "source": "sét"}
        row |= {"split": ("train", "train", "val", None)[index % 4], "age": f"{index}-9"}
        rows.append({**row, "subject": f"p{index}" if index % 2 else None, "gender": "x"})
    return Manifest.from_rows(rows)


def cells(manifest: Manifest) -> list[tuple[object, ...]]:
    columns = [*COLUMNS[1:], "age", "gender"]
    rows = zip(*map(manifest.column, columns), iterate_image_bytes(manifest), strict=True)
    return sorted(rows, key=str)


def test_tar_shards_read_the_same(manifest: Manifest, tmp_path: Path) -> None:
    paths = convert_manifest(manifest, tmp_path / "out", rows_per_shard=4, form="tar")
    assert [path.name for path in paths] == [
        "train-00000-of-00002.tar",
        "train-00001-of-00002.tar",
        "val-00000-of-00001.tar",
        "data-00000-of-00001.tar",
    ]
    assert cells(read_source(str(tmp_path / "out"))) == cells(manifest)


def test_the_layout_is_that_of_webdataset(manifest: Manifest, tmp_path: Path) -> None:
    [first, *_] = convert_manifest(manifest, tmp_path / "out", form="tar")
    with tarfile.open(first) as tar:
        names = [member.name for member in tar]
        assert names[:4] == ["000000.jpg", "000000.json", "000001.png", "000001.json"]
        document = tar.extractfile("000001.json")
        assert document is not None
        told = json.loads(document.read())
        assert {member.mtime for member in tar} == {0}
    assert told == {
        "label": "male",
        "subject": "p1",
        "source": "sét",
        "age": "1-9",
        "gender": "x",
    }


def test_equal_rows_give_equal_bytes(manifest: Manifest, tmp_path: Path) -> None:
    first = convert_manifest(manifest, tmp_path / "a", form="tar")
    second = convert_manifest(manifest, tmp_path / "b", form="tar")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_what_is_no_picture_cannot_go_into_a_tar_file(manifest: Manifest, tmp_path: Path) -> None:
    Path(manifest.uris[3]).write_text("text")
    with pytest.raises(DataError, match=r"3\.jpg cannot go into a shard: .*leave it out"):
        convert_manifest(manifest, tmp_path / "out", form="tar")


def test_the_two_forms_are_not_mixed(manifest: Manifest, tmp_path: Path) -> None:
    convert_manifest(manifest, tmp_path / "out")
    with pytest.raises(ManifestError, match=r"parquet, which is no shard of this conversion"):
        convert_manifest(manifest, tmp_path / "out", form="tar")


@pytest.mark.parametrize("form", ["parquet", "tar"])
def test_a_conversion_goes_on_after_kill_nine(tmp_path: Path, form: Format) -> None:
    """A real process, a real SIGKILL; what was whole is not written again, all ends the same."""
    for index in range(60):
        path = tmp_path / "in" / ("male", "female")[index % 2] / f"{index}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(photos.encode(photos.portrait().resize((30, 30 + index))))
    source = read_source(str(tmp_path / "in"))
    whole = convert_manifest(source, tmp_path / "whole", rows_per_shard=3, form=form)
    slow = (
        "import time\n"
        "from pathlib import Path\n"
        "from genderlens.data import conversion\n"
        "from genderlens.data.sources import shard_files\n"
        "from genderlens.data.readers import read_source\n"
        f"write = shard_files.WRITERS['.{form}']\n"
        "def pause(manifest, path, advance):\n"
        "    write(manifest, path, lambda count: (advance(count), time.sleep(0.02)))\n"
        f"shard_files.WRITERS['.{form}'] = pause\n"
        f"conversion.convert_manifest(read_source({str(tmp_path / 'in')!r}), "
        f"Path({str(tmp_path / 'out')!r}), rows_per_shard=3, form={form!r})\n"
    )
    process = subprocess.Popen([sys.executable, "-c", slow], stderr=subprocess.DEVNULL)
    sidecars = tmp_path / "out"
    while len(list(sidecars.glob("*.json"))) < 3:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = {path: path.stat().st_mtime_ns for path in sidecars.glob(f"*.{form}")}
    assert 3 <= len(done) < 20
    signed = {path for path in done if path.with_suffix(".json").exists()}
    paths = convert_manifest(source, tmp_path / "out", rows_per_shard=3, form=form)
    assert all(path.stat().st_mtime_ns == done[path] for path in signed)
    assert [p.read_bytes() for p in paths] == [p.read_bytes() for p in whole]
