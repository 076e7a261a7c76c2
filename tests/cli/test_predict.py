"""``genderlens predict`` as a person and as a program meet it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from subprocess import CompletedProcess, run

import pytest

import photos
from forks import forked

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "COLUMNS": "120"}


def genderlens(*arguments: str, **environment: str) -> CompletedProcess[str]:
    return run(
        forked(*arguments),
        capture_output=True,
        text=True,
        env={**ENVIRONMENT, **environment},
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("photos")
    (root / "a.jpg").write_bytes(photos.encode(photos.portrait()))
    (root / "b.png").write_bytes(photos.encode(photos.landscapes()["cat"], "PNG"))
    (root / "c.webp").write_bytes(photos.encode(photos.crowd(2), "WEBP"))
    return root


def test_json_lines(folder: Path) -> None:
    done = genderlens("predict", "--json", str(folder))
    assert done.returncode == 0, done.stderr
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    assert [d["outcome"] for d in documents] == ["classified", "no_person", "many_people"]
    assert documents[0]["prediction"] == "female"
    assert documents[0]["path"] == str(folder / "a.jpg")
    assert "id" not in documents[0]


def test_a_table_for_people(folder: Path) -> None:
    done = genderlens("predict", str(folder / "a.jpg"), "--faces", "largest")
    assert done.returncode == 0, done.stderr
    assert "a.jpg" in done.stdout
    assert "female" in done.stdout
    assert "%" in done.stdout


def test_unreadable_pictures_are_reported_and_exit_with_three(folder: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.jpg"
    text.write_text("not a picture")
    done = genderlens("predict", "--json", str(text), str(folder / "a.jpg"), "missing.jpg")
    assert done.returncode == 3
    outcomes = [json.loads(line)["outcome"] for line in done.stdout.splitlines()]
    assert outcomes == ["unreadable", "classified", "unreadable"]


def test_names_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    evil = tmp_path / "\x1b[31m[bold]evil\u202e.jpg"
    evil.write_text("x")
    for arguments in (["predict"], ["predict", "--json"]):
        done = genderlens(*arguments, str(evil))
        assert done.returncode == 3
        assert "\x1b" not in done.stdout
        assert "\u202e" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--faces", "some", "x.jpg"], 2, "GENDERLENS_FACES='some'"),
        (["--model", "nowhere", "x.jpg"], 5, "no bundle at 'nowhere'"),
        (["--model", "default,nowhere", "x.jpg"], 5, "no bundle at 'nowhere'"),
        (["--model", "default,", "x.jpg"], 2, "separate different bundles"),
        (["--tta", "some", "x.jpg"], 2, "GENDERLENS_TTA='some'"),
        (["--target-error", "0.7", "x.jpg"], 2, "GENDERLENS_TARGET_ERROR=0.7"),
        (["--output", "cvs", "x.jpg"], 2, "did you mean 'csv'"),
        (["--output", "csv", "--json", "x.jpg"], 2, "contradict each other"),
        (["https://example.org/a.jpg"], 2, "is a web address"),
        (["@none.txt"], 4, "the list 'none.txt' cannot be read"),
        (["--target-error", "0.0123", "x.jpg"], 2, "stores no threshold"),
        ([], 2, "PATH"),
    ],
)
def test_mistakes_get_one_clear_line(arguments: list[str], code: int, words: str) -> None:
    done = genderlens("predict", *arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_augmented_answers_differ_a_little(folder: Path) -> None:
    found = []
    for tta in ("off", "flip", "crops"):
        done = genderlens("predict", "--json", "--tta", tta, str(folder / "a.jpg"))
        assert done.returncode == 0, done.stderr
        found.append(json.loads(done.stdout))
    assert {document["prediction"] for document in found} == {"female"}
    assert len({document["confidence"] for document in found}) == 3


def test_settings_come_from_the_environment(folder: Path) -> None:
    done = genderlens("predict", "--json", str(folder / "c.webp"), GENDERLENS_FACES="all")
    assert len(json.loads(done.stdout)["faces"]) == 2


def test_rows_for_a_spreadsheet(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "=cmd().jpg").write_bytes(b"text")
    done = run(
        forked("predict", "--output", "csv", "--faces", "all", "=cmd().jpg", str(folder)),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=ENVIRONMENT,
    )
    assert done.returncode == 3
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert [Path(row["source"]).name for row in rows] == [
        *("'=cmd().jpg", "a.jpg", "b.png", "c.webp", "c.webp")
    ]
    assert [row["outcome"] for row in rows[:3]] == ["unreadable", "classified", "no_person"]
    assert [row["face"] for row in rows[3:]] == ["0", "1"]
    assert float(rows[1]["probability_female"]) > 0.5


def test_a_picture_through_a_pipe_and_its_plot(folder: Path, tmp_path: Path) -> None:
    done = run(
        forked("predict", "--output", "json", "--save", str(tmp_path / "seen"), "-"),
        input=(folder / "a.jpg").read_bytes(),
        capture_output=True,
        env=ENVIRONMENT,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["path"] == "-"
    assert [path.name for path in (tmp_path / "seen").iterdir()] == ["0001-picture.jpg"]


def test_a_list_and_a_glob_that_no_shell_has_expanded(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{folder}/b.png\n{folder}/*.jpg\n")
    done = genderlens("predict", "--json", f"@{tmp_path}/list.txt")
    names = [Path(json.loads(line)["path"]).name for line in done.stdout.splitlines()]
    assert names == ["b.png", "a.jpg"]
