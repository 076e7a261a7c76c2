"""The whole making of the model at toy size, stopped twice."""

from __future__ import annotations

import csv
import json
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import typer
from tools.default_model.__main__ import main
from tools.default_model.work import Making, Work

from genderlens.bundle import load_bundle
from genderlens.errors import TrainingError
from genderlens.training.gpu.kept import KeptStates
from stand_in import write_faces
from tools.default_model import steps

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """Two faces of each label and age for training and one for validation, as FairFace has them."""
    folder, ages = write_faces(tmp_path / "faces", 27), cycle(steps.AGES.labels)
    table = tmp_path / "faces.csv"
    with table.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["file", "label", "split", "age", "race"])
        for number, file in enumerate(sorted(folder.glob("*/*"))):
            split = ("train", "train", "val")[number // 9 % 3]
            name = file.relative_to(tmp_path).as_posix()
            race = ("Black", "White")[number % 2]
            writer.writerow([name, file.parent.name, split, next(ages), race])
    return table


def test_it_goes_on_where_it_stopped_and_ends_with_a_signed_judged_bundle(
    faces: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GENDERLENS_CACHE_DIR", str(tmp_path / "cache"))
    out, write, written = tmp_path / "work", KeptStates.write, list[str]()

    def write_and_stop(states: KeptStates, stage: str, state: dict[str, Any]) -> None:
        write(states, stage, state)
        written.append(stage)
        if len(written) == 2:
            raise KeyboardInterrupt

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(KeptStates, "write", write_and_stop)
        assert stopped(faces, out) == 130
    packed = (out / "parts" / "plan.json").stat().st_mtime_ns
    with monkeypatch.context() as patch:
        patch.setattr("genderlens.export.bundle.export_bundle", stop)
        assert stopped(faces, out) == 130
    capsys.readouterr()
    main(str(faces), out, toy=True)
    told = capsys.readouterr().out
    for number, name in enumerate(["pack", "teach", "unpack"], 1):
        assert f"step {number} of 7, {name}: done" in told
    assert "step 4 of 7, export\n" in told
    assert (out / "parts" / "plan.json").stat().st_mtime_ns == packed
    log = [json.loads(line) for line in (out / "left" / "log.jsonl").read_text().splitlines()]
    went_on = [line["stage"] for line in log if "goes_on_at_step" in line]
    assert went_on == ["teacher-first", "teacher-second"]
    made = load_bundle(str(out / "bundle"))
    assert [head.name for head in made.heads] == ["gender", "age_group"]
    assert made.load_graph().verdict == "passed"
    assert "age_group" in (out / "bundle" / "MODEL_CARD.md").read_text("utf-8")
    assert (out / "report" / "report.html").is_file()
    assert "stays behind the model that ships" in told  # so few faces tell nothing of groups


def stopped(faces: Path, out: Path) -> int:
    with pytest.raises(typer.Exit) as ended:
        main(str(faces), out, toy=True)
    return ended.value.exit_code


def test_a_folder_of_another_making_is_refused(tmp_path: Path) -> None:
    Work(tmp_path, Making("faces", "default", "default")).begin()
    Work(tmp_path, Making("faces", "default", "default")).begin()
    with pytest.raises(TrainingError, match="begun with plan 'default', not 'out-of-fold'"):
        Work(tmp_path, Making("faces", "out-of-fold", "default")).begin()
