from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy import insert

import photos
from clouds import forbid_to_remove, serve_s3
from genderlens.data.readers import read_source
from genderlens.errors import (
    DatabaseError,
    DataError,
    ImageTooLargeError,
    LabelConflictError,
    PoolFullError,
    TruncatedImageError,
)
from genderlens.heads.default import GENDER
from genderlens.history import pool as pool_module
from genderlens.history.database import Database, open_database
from genderlens.history.pool import SamplePool, create_pool
from genderlens.history.samples import SampleQuery, count_samples
from genderlens.history.tables import SAMPLES, now
from genderlens.settings import load_settings


@pytest.fixture
def database() -> Iterator[Database]:
    database = open_database(load_settings())
    yield database
    database.close()


@pytest.fixture
def pool(database: Database, tmp_path: Path) -> SamplePool:
    return SamplePool(database, f"{tmp_path}/pool", max_samples=100, max_pixels=10**7)


def picture(seed: int = 0) -> Image.Image:
    return Image.effect_noise((64 + seed, 48), 60.0).convert("RGB")


def png(image: Image.Image, comment: str = "") -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", comment)
    stream = io.BytesIO()
    image.save(stream, "PNG", pnginfo=info)
    return stream.getvalue()


def stored(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_only_pixels_survive(pool: SamplePool, tmp_path: Path) -> None:
    secret = "taken at 52.5N 13.4E <script>"
    sent = png(picture(), secret) + b"PK\x03\x04 an archive behind the picture"
    sample = pool.add(sent, "female", None)
    (path,) = stored(tmp_path / "pool")
    assert path == tmp_path / "pool" / "female" / f"{sample.sha256}.jpg"
    content = path.read_bytes()
    assert b"script" not in content
    assert b"archive" not in content
    with Image.open(path) as image:
        assert (image.format, image.size) == ("JPEG", (64, 48))
        assert not image.getexif()
        assert "comment" not in image.info


def test_one_picture_is_there_once_whatever_file_it_comes_in(
    pool: SamplePool, tmp_path: Path
) -> None:
    image = picture()
    first = pool.add(png(image), "male", None)
    second = pool.add(png(image, "other bytes"), "male", None)
    assert (first.new, second.new) == (True, False)
    assert first.sha256 == second.sha256
    assert len(stored(tmp_path / "pool")) == 1


def test_a_picture_cannot_be_both(pool: SamplePool, tmp_path: Path) -> None:
    image = picture()
    pool.add(png(image), "male", None)
    with pytest.raises(LabelConflictError, match="you sent this picture before"):
        pool.add(png(image), "female", None)
    assert [path.parent.name for path in stored(tmp_path / "pool")] == ["male"]


def test_what_was_lost_is_stored_again(pool: SamplePool, tmp_path: Path) -> None:
    image = picture()
    pool.add(png(image), "male", None)
    stored(tmp_path / "pool")[0].unlink()
    assert pool.add(png(image), "male", None).new
    assert len(stored(tmp_path / "pool")) == 1


def test_the_pool_has_an_end(database: Database, tmp_path: Path) -> None:
    pool = SamplePool(database, str(tmp_path / "pool"), max_samples=2, max_pixels=10**7)
    for seed in range(2):
        pool.add(png(picture(seed)), "male", None)
    with pytest.raises(PoolFullError, match="GENDERLENS_MAX_SAMPLES"):
        pool.add(png(picture(3)), "male", None)
    assert count_samples(database) == len(stored(tmp_path / "pool")) == 2


def test_large_pictures_are_scaled_down_and_larger_ones_refused(
    pool: SamplePool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "MAX_SIDE_PX", 32)
    pool.add(png(picture()), "male", None)
    with Image.open(stored(tmp_path / "pool")[0]) as image:
        assert max(image.size) == 32
    with pytest.raises(ImageTooLargeError):
        pool.add(png(Image.new("RGB", (4000, 3000))), "male", None)


def test_a_broken_picture_leaves_nothing(
    pool: SamplePool, database: Database, tmp_path: Path
) -> None:
    with pytest.raises(TruncatedImageError):
        pool.add(photos.encode(photos.portrait())[:5000], "male", None)
    assert stored(tmp_path) == []
    assert count_samples(database) == 0


def test_a_place_that_cannot_be_written_lists_nothing(database: Database, tmp_path: Path) -> None:
    (tmp_path / "pool").touch()
    pool = SamplePool(database, str(tmp_path / "pool"), max_samples=9, max_pixels=10**7)
    with pytest.raises(DataError, match="cannot be written"):
        pool.add(png(picture()), "male", None)
    assert count_samples(database) == 0


def test_the_pool_is_a_source_of_training(pool: SamplePool, tmp_path: Path) -> None:
    pool.add(png(picture(1)), "male", None)
    pool.add(png(picture(2)), "female", None)
    assert sorted(read_source(str(tmp_path / "pool")).labels) == ["female", "male"]


def test_pictures_and_entries_go_together(
    pool: SamplePool, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "REMOVED_AT_A_TIME", 2)
    made = [pool.add(png(picture(seed)), "male", f"key{seed % 2}") for seed in range(2)]
    assert pool.count(GENDER.labels) == {"female": 0, "male": 2}
    assert pool.remove(SampleQuery(sha256=made[0].sha256, key_id="key1")) == 0
    assert pool.remove(SampleQuery(before=now() - timedelta(hours=1))) == 0
    assert pool.remove(SampleQuery(key_id="key0")) == 1
    assert [path.stem for path in stored(tmp_path / "pool")] == [made[1].sha256]
    zone = timezone(timedelta(hours=-5))
    assert pool.remove(SampleQuery(before=now().astimezone(zone))) == 1
    assert stored(tmp_path / "pool") == []
    assert count_samples(database) == 0
    assert pool.add(png(picture(0)), "female", None).new


def test_all_go_however_many_there_are(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "REMOVED_AT_A_TIME", 3)
    pool = SamplePool(database, str(tmp_path / "pool"), max_samples=9, max_pixels=10**7)
    for seed in range(7):
        pool.add(png(picture(seed)), "male", None)
    assert pool.remove(SampleQuery()) == 7
    assert stored(tmp_path / "pool") == []
    assert pool.count(GENDER.labels) == {"female": 0, "male": 0}


def test_what_stops_a_removal_leaves_no_picture_that_nobody_knows_of(
    pool: SamplePool, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = pool.add(png(picture()), "male", None)

    def fail(*_: object) -> None:
        raise DatabaseError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(pool_module, "release_samples", fail)
        with pytest.raises(DatabaseError):
            pool.remove(SampleQuery())
    assert stored(tmp_path / "pool") == []
    assert count_samples(database) == 1
    assert pool.remove(SampleQuery(sha256=sample.sha256)) == 1
    assert count_samples(database) == 0


def test_a_picture_that_another_service_stores_meanwhile_goes_too(
    pool: SamplePool, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = pool.add(png(picture()), "male", None)
    release = pool_module.release_samples

    def store_again(*arguments: Any) -> None:
        (tmp_path / "pool" / "male" / f"{sample.sha256}.jpg").write_bytes(b"again")
        release(*arguments)

    monkeypatch.setattr(pool_module, "release_samples", store_again)
    assert pool.remove(SampleQuery()) == 1
    assert stored(tmp_path / "pool") == []


def test_a_picture_that_cannot_be_removed_stays_listed_and_the_others_go(
    pool: SamplePool, database: Database, tmp_path: Path
) -> None:
    made = [pool.add(png(picture(seed)), "male", None).sha256 for seed in range(3)]
    stuck = tmp_path / "pool" / "male" / f"{made[1]}.jpg"
    stuck.unlink()
    stuck.mkdir()
    with pytest.raises(DataError, match=r"1 of 3 pictures could not be removed .*directory"):
        pool.remove(SampleQuery())
    assert pool.count(GENDER.labels) == {"female": 0, "male": 1}
    assert stored(tmp_path / "pool") == []
    stuck.rmdir()
    assert pool.remove(SampleQuery()) == 1


def test_many_pictures_leave_a_bucket_in_a_few_requests(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with serve_s3() as files:
        files.mkdir("bucket")
        pool = SamplePool(database, "s3://bucket/pool", max_samples=9_999, max_pixels=10**7)
        hashes = [f"{number:064x}" for number in range(2_500)]
        enter(database, hashes)
        for sha256 in (hashes[0], hashes[1_700], hashes[-1]):
            files.pipe_file(f"bucket/pool/male/{sha256}.jpg", b"x")
        with caplog.at_level(logging.INFO, "werkzeug"):
            assert pool.remove(SampleQuery()) == 2_500
        # Three batches, each looked after once more when nobody lists it any longer.
        assert ["?delete" in line for line in caplog.messages] == [True] * 6
        assert files.find("bucket") == []
        assert count_samples(database) == 0


def test_what_a_bucket_keeps_stays_listed(database: Database) -> None:
    with serve_s3() as files:
        files.mkdir("bucket")
        pool = SamplePool(database, "s3://bucket/pool", max_samples=9, max_pixels=10**7)
        made = [pool.add(png(picture(seed)), "male", None).sha256 for seed in range(3)]
        forbid_to_remove(files, "bucket", f"pool/male/{made[1]}.jpg")
        for whole in (3, 1):
            message = rf"1 of {whole} pictures could not be removed .*Access Denied"
            with pytest.raises(DataError, match=message):
                pool.remove(SampleQuery())
            assert files.find("bucket") == [f"bucket/pool/male/{made[1]}.jpg"]
            assert pool.count(GENDER.labels) == {"female": 0, "male": 1}
        files.call_s3("delete_bucket_policy", Bucket="bucket")
        assert pool.remove(SampleQuery()) == 1


def enter(database: Database, hashes: Sequence[str]) -> None:
    rows = [{"sha256": one, "label": "male", "key_id": None, "created_at": now()} for one in hashes]
    with database.begin() as connection:
        connection.execute(insert(SAMPLES), rows)


def test_no_place_no_pool(database: Database) -> None:
    assert create_pool(load_settings(), database) is None


def test_a_pool_in_a_bucket(database: Database) -> None:
    with serve_s3() as files:
        files.mkdir("bucket")
        settings = load_settings(samples="s3://bucket/pool/")
        pool = create_pool(settings, database)
        assert pool is not None
        image = picture()
        sample = pool.add(png(image, "secret"), "female", None)
        assert files.ls("bucket/pool/female") == [f"bucket/pool/female/{sample.sha256}.jpg"]
        assert b"secret" not in files.cat(f"bucket/pool/female/{sample.sha256}.jpg")
        assert not pool.add(png(image), "female", None).new
        assert pool.remove(SampleQuery()) == 1
        assert not files.exists(f"bucket/pool/female/{sample.sha256}.jpg")
        assert pool.remove(SampleQuery()) == 0
        pool.add(png(image), "female", None)
        lost = SamplePool(database, "s3://nowhere/pool", max_samples=9, max_pixels=10**7)
        with pytest.raises(DataError):
            lost.add(png(picture(2)), "male", None)
        with pytest.raises(DataError):
            lost.remove(SampleQuery())
        assert count_samples(database) == 1


@pytest.mark.parametrize("label", ["male", "female"])
def test_another_keys_label_is_not_told(pool: SamplePool, tmp_path: Path, label: Any) -> None:
    """Neither by words nor by which of the two labels is taken."""
    image = picture()
    pool.add(png(image), "male", "mine")
    with pytest.raises(LabelConflictError) as caught:
        pool.add(png(image), label, "other")
    assert "male" not in caught.value.message
    with pytest.raises(LabelConflictError):
        pool.add(png(image), label, None)
    assert not pool.add(png(image), "male", "mine").new
    assert [path.parent.name for path in stored(tmp_path / "pool")] == ["male"]


def test_words_of_other_models_are_counted_beside_those_asked_for(pool: SamplePool) -> None:
    pool.add(photos.encode(photos.portrait()), "androgynous", None)
    assert pool.count(("feminine", "androgynous")) == {"feminine": 0, "androgynous": 1}
    assert pool.count(GENDER.labels) == {"female": 0, "male": 0, "androgynous": 1}
