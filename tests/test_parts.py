"""How the run is divided among processes, and what it keeps of its costs."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

import parts
from parts import ROOT, divide, list_files, record_costs

FILES = [f"tests/a/test_{number:02d}.py" for number in range(30)]


def test_every_file_is_in_one_part() -> None:
    files = list_files(["tests"])
    divided = [file for part in divide(files) for file in part.files]
    assert sorted(divided) == files
    assert files == sorted({f"{p.relative_to(ROOT)}" for p in ROOT.glob("tests/**/test_*.py")})


def test_parts_are_of_one_folder_few_files_and_little_time() -> None:
    found = divide([*FILES, "tests/b/test_1.py"], {FILES[3]: 50.0, FILES[4]: 20.0})
    assert [(part.name, len(part.files)) for part in found] == [
        ("tests/a 1", 4),
        ("tests/a 2", 12),
        ("tests/a 3", 12),
        ("tests/a 4", 2),
        ("tests/b 1", 1),
    ]


def test_a_folder_that_starts_much_stays_whole() -> None:
    (part,) = divide([f"tests/web/test_{number}.py" for number in range(40)], {})
    assert len(part.files) == 40


def test_what_costs_most_begins_first() -> None:
    found = divide(["tests/a/test_1.py", "tests/b/test_1.py"], {"tests/b/test_1.py": 9.0})
    assert [part.name for part in found] == ["tests/b 1", "tests/a 1"]


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(SystemExit, match="there is no tests/nowhere"):
        list_files(["tests/nowhere"])


def test_costs_are_replaced_and_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "COSTS", tmp_path / "costs.json")
    here, other = (f"tests/{name}.py" for name in ("test_parts", "test_house"))
    parts.COSTS.write_text(json.dumps({here: 9, other: 8, "tests/test_gone.py": 7}))
    record_costs([Counter({here: 3.2, "tests/test_claims.py": 0.1})])  # type: ignore[dict-item]
    assert parts.read_costs() == {here: 3, other: 8}
