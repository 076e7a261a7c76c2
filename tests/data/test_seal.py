from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from genderlens.data.manifest import Manifest, read_manifest, write_manifest
from genderlens.data.readers import read_source
from genderlens.data.seal import SEAL, is_sealed, with_seal
from genderlens.errors import SourceNotFoundError


@pytest.fixture
def pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Manifest:
    """Two pictures, and a cache folder of one's own."""
    monkeypatch.setenv("GENDERLENS_CACHE_DIR", str(tmp_path / "cache"))
    rows = []
    for label in ("male", "female"):
        (tmp_path / "pictures").mkdir(exist_ok=True)
        (tmp_path / "pictures" / f"{label}.jpg").touch()
        rows.append({"uri": str(tmp_path / "pictures" / f"{label}.jpg"), "label": label})
    return Manifest.from_rows(rows)


def test_what_this_user_wrote_may_name_pictures_elsewhere(
    pictures: Manifest, tmp_path: Path
) -> None:
    write_manifest(pictures, tmp_path / "run" / "manifest.parquet")
    for source in (tmp_path / "run" / "manifest.parquet", tmp_path / "run"):
        assert read_source(str(source)).uris == pictures.uris


def test_a_changed_address_breaks_the_seal(pictures: Manifest, tmp_path: Path) -> None:
    path = tmp_path / "run" / "manifest.parquet"
    write_manifest(pictures, path)
    table = pq.read_table(path)
    forged = pa.array([*pictures.uris[:1], str(tmp_path / "pictures" / "other.jpg")])
    pq.write_table(table.set_column(0, "uri", forged), path)
    assert SEAL in pq.read_schema(path).metadata
    with pytest.raises(SourceNotFoundError, match="lies outside"):
        read_source(str(path))


def test_another_user_has_another_seal(
    pictures: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run" / "manifest.parquet"
    write_manifest(pictures, path)
    for folder in ("nobody", "somebody"):
        monkeypatch.setenv("GENDERLENS_CACHE_DIR", str(tmp_path / folder))
        if folder == "somebody":
            with_seal(pictures.table)
        with pytest.raises(SourceNotFoundError, match="or trust it: --kind manifest"):
            read_source(str(path))


def test_the_key_is_for_its_user_alone_and_stays(pictures: Manifest, tmp_path: Path) -> None:
    first = with_seal(pictures.table)
    key = tmp_path / "cache" / "manifest.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert with_seal(pictures.table).schema.metadata == first.schema.metadata
    assert is_sealed(first)
    assert [path.name for path in key.parent.iterdir()] == [key.name]


def test_without_a_place_for_the_key_a_manifest_is_written_all_the_same(
    pictures: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GENDERLENS_CACHE_DIR", str(tmp_path / "file" / "below"))
    write_manifest(pictures, tmp_path / "a.parquet")
    assert read_manifest(tmp_path / "a.parquet").uris == pictures.uris
    assert not is_sealed(pq.read_table(tmp_path / "a.parquet"))


def test_an_empty_key_is_no_key(pictures: Manifest, tmp_path: Path) -> None:
    sealed = with_seal(pictures.table)
    (tmp_path / "cache" / "manifest.key").write_bytes(b"")
    assert not is_sealed(sealed)
