"""``genderlens data`` as a person and as a program meet it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess, run

import pytest
from PIL import Image
from typer.testing import CliRunner

import photos
from forks import forked
from genderlens.cli.app import app
from genderlens.data.readers import read_source
from genderlens.errors import SettingsError


def genderlens(*arguments: str) -> CompletedProcess[str]:
    return run(
        forked("data", *arguments),
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "200"},
    )


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    """Four different pictures with their labels in the names."""
    folder = tmp_path / "flat"
    folder.mkdir()
    labels = ("male", "female", "male", "female")
    for label, (name, image) in zip(labels, photos.landscapes().items(), strict=True):
        content = photos.encode(image.resize((80, 60)))
        (folder / f"{label}_{name}.jpg").write_bytes(content)
    return folder


def test_inspect_counts_and_draws(flat: Path, tmp_path: Path) -> None:
    done = genderlens("inspect", str(flat), "--out", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].split() == ["(none)", "2", "2", "4"]
    assert "width in pixels, minimum / median / maximum: 80 / 80 / 80" in done.stdout
    assert "formats: JPEG 4; unreadable: 0" in done.stdout
    with Image.open(tmp_path / "out" / "grid.png") as grid:
        assert grid.format == "PNG"
    assert "<h1>flat</h1>" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_inspect_for_programs(flat: Path) -> None:
    pattern = r"(?P<label>\w+)_(?P<what>\w+)"
    done = genderlens("inspect", str(flat), "--json", "--pattern", pattern)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["splits"] == {"(none)": {"female": 2, "male": 2}}
    assert document["attributes"]["what"]["counts"]["cat"] == {"male": 1}
    assert done.stderr == ""


def test_check_of_a_clean_set(flat: Path) -> None:
    done = genderlens("check", str(flat), "--no-people")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "4 pictures checked, found: nothing\n"
    assert genderlens("check", str(flat), "--json", "--no-people").stdout == ""


def test_check_exits_with_three_where_something_was_found(flat: Path) -> None:
    (flat / "female_copy.jpg").write_bytes((flat / "male_cat.jpg").read_bytes())
    (flat / "male_\x1b[31mtext\u202e.jpg").write_text("no picture")
    done = genderlens("check", str(flat), "--no-people")
    assert done.returncode == 3, done.stderr
    assert "unreadable 1, exact_duplicate 1, conflicting_label 1" in done.stdout
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    listed = genderlens("check", str(flat), "--json", "--no-people")
    assert listed.returncode == 3
    documents = [json.loads(line) for line in listed.stdout.splitlines()]
    faults = [document["fault"] for document in documents]
    assert faults == ["unreadable", "exact_duplicate", "conflicting_label"]
    assert {picture["label"] for picture in documents[2]["pictures"]} == {"female", "male"}


def test_convert_writes_shards_that_read_the_same(flat: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = genderlens("convert", str(flat), "--out", str(out), "--rows-per-shard", "3")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"wrote 4 pictures to {out} (2 shards)\n"
    assert read_source(str(out)).labels == read_source(str(flat)).labels


def test_convert_writes_tar_shards(flat: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = genderlens("convert", str(flat), "--out", str(out), "--format", "tar")
    assert done.returncode == 0, done.stderr
    assert sorted(path.suffix for path in out.iterdir()) == [".json", ".tar"]
    assert read_source(str(out)).labels == read_source(str(flat)).labels


def test_check_counts_people_and_cleans(flat: Path, tmp_path: Path) -> None:
    (flat / "female_astronaut.jpg").write_bytes(photos.encode(photos.portrait()))
    for label in ("male", "female"):
        crowd = photos.encode(photos.crowd(2 if label == "male" else 3))
        (flat / f"{label}_crowd.jpg").write_bytes(crowd)
    portrait = photos.portrait().transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    (flat / "male_mirrored.jpg").write_bytes(photos.encode(portrait))
    (flat / "male_broken.jpg").write_bytes(b"text")
    out = tmp_path / "out"
    done = genderlens("check", str(flat), "--out", str(out), "--drop", "people,unreadable")
    assert done.returncode == 3, done.stderr
    assert "found: unreadable 1, no_person 4, many_people 2" in done.stdout.replace(
        "many_people 2, no_person 4", "no_person 4, many_people 2"
    )
    assert "kept 2 pictures, left out 7" in done.stderr
    kept = read_source(str(out / "manifest.parquet"), kind="manifest")
    assert [Path(uri).name for uri in kept.uris] == ["female_astronaut.jpg", "male_mirrored.jpg"]
    dropped = (out / "dropped.csv").read_text().splitlines()
    assert len(dropped) == 8
    assert sum("many_people: 3 people seen" in line for line in dropped) == 1
    assert "3 people seen" in (out / "check.html").read_text()


def test_words_for_labels(flat: Path) -> None:
    table = flat / "faces.csv"
    table.write_text("file,label\nmale_cat.jpg,M\nfemale_coffee.jpg,W\n")
    words = ("--label", "M=male", "--label", "W=female")
    done = genderlens("check", str(table), "--no-people", *words)
    assert done.returncode == 0, done.stderr
    assert "2 pictures checked" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["inspect", "nowhere"], 4, "cannot tell what kind of data 'nowhere' is"),
        (["inspect", ".", "--kind", "zip"], 4, "unknown kind 'zip'; readable kinds are folder"),
        (["check", ".", "--label", "male"], 2, "--label 'male' is not understood"),
        (["check", ".", "--label", "M=man"], 2, "write WORD=female or WORD=male"),
        (["check", ".", "--pattern", "("], 2, "is no regular expression"),
        (["check", ".", "--distance", "17"], 2, "--distance"),
        (["convert", "."], 2, "--out"),
        (["inspect", "http://host/a.parquet"], 4, "a local path or one of s3://, gs://"),
    ],
)
def test_mistakes_get_one_clear_line(arguments: list[str], code: int, words: str) -> None:
    done = genderlens(*arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", ".", "--drop", "leaks"], "say where with --out DIR"),
        (["check", ".", "--out", "x", "--drop", "all"], "--drop 'all' is not known"),
        (["check", ".", "--out", "x", "--drop", "people", "--no-people"], "leave --no-people"),
        (["check", ".", "--out", "x", "--drop", "suspicious"], "needs --suspicious MODEL"),
        (["split", ".", "--out", "x", "--official", "--by", "subject"], "leave the other"),
        (["split", ".", "--out", "x", "--ratios", "2/1"], "are no division"),
    ],
)
def test_options_that_do_not_go_together(
    arguments: list[str],
    words: str,
    class_folders: Callable[[int], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(class_folders(1))
    result = CliRunner().invoke(app, ["data", *arguments])
    assert isinstance(result.exception, SettingsError)
    assert words in result.exception.message
    assert not Path("x").exists()


def test_the_exit_code_is_told() -> None:
    assert "3 something found" in genderlens("check", "--help").stdout
