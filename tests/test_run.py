"""The run fails where a test failed or was lost, or a process died; what passes alone is named."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import process
from parts import Part
from process import Outcome
from run import _conclude, _mirror, _mirrors

FINE = Outcome(
    Part("tests/a 1", ("tests/a/test_b.py",)),
    collected=2,
    counts=Counter(passed=2, failed=0, skipped=0),
    skipped=Counter(),
    failed=(),
    seconds=Counter(),
    code=0,
    output="",
    wall_s=1.0,
    cpu_s=0.5,
)
FAILED = replace(
    FINE, counts=Counter(passed=1, failed=1, skipped=0), failed=("tests/a/test_b.py::c",), code=1
)


def test_all_that_was_collected_passed(capsys: pytest.CaptureFixture[str]) -> None:
    assert _conclude([FINE, FINE], set()) == 0
    assert "4 passed, 0 failed, 0 skipped" in capsys.readouterr().out


def test_a_lost_test_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert _conclude([FINE, replace(FINE, collected=3)], set()) == 1
    assert "1 of 5 collected tests were not run" in capsys.readouterr().out


def test_a_process_that_died_fails_the_run() -> None:
    assert _conclude([replace(FINE, collected=0, counts=Counter(), code=-9)], set()) == 1


def test_a_failure_fails_the_run_unless_it_passes_alone() -> None:
    assert _conclude([FAILED], set()) == 1
    assert _conclude([FAILED], {"tests/a/test_b.py::c"}) == 0


def test_what_a_process_reports_is_read(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase file="f" name="a" time="1.5"/>'
        '<testcase file="f" name="b" time="2"><failure/></testcase>'
        '<testcase file="g" name="c" time="0"><skipped message="why"/></testcase>'
        "</testsuite></testsuites>"
    )
    counts, skipped, failed, seconds = process._read(report)
    assert counts == Counter(passed=1, failed=1, skipped=1)
    assert skipped == Counter({"why": 1})
    assert failed == ("f::b",)
    assert seconds == {"f": 3.5, "g": 0.0}


@pytest.mark.parametrize(
    ("changed", "mirror"),
    [
        ("src/genderlens/bundle/hub.py", "tests/bundle/test_hub.py"),
        ("tools/detector/graph.py", "tests/tools/detector/test_graph.py"),
        ("tests/a/test_b.py", "tests/a/test_b.py"),
        ("tests/a/conftest.py", None),
        ("README.md", None),
    ],
)
def test_what_mirrors_a_change(changed: str, mirror: str | None) -> None:
    assert _mirror(Path(changed)) == (Path(mirror) if mirror else None)


def test_a_file_without_a_test_of_its_own_is_mirrored_by_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "bundle"
    folder.mkdir(parents=True)
    for name in ("test_hub.py", "test_loading.py", "conftest.py"):
        (folder / name).touch()
    hub, loading = Path("tests/bundle/test_hub.py"), Path("tests/bundle/test_loading.py")
    assert _mirrors(Path("src/genderlens/bundle/hub.py"), tmp_path) == [hub]
    assert sorted(_mirrors(Path("src/genderlens/bundle/other.py"), tmp_path)) == [hub, loading]
    assert _mirrors(Path("tests/bundle/test_gone.py"), tmp_path) == []
    assert _mirrors(Path("README.md"), tmp_path) == []
