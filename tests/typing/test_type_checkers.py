"""The public API as type checkers see it: a project that uses it passes the strictest of them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import genderlens

SOURCE = Path(genderlens.__file__).parents[1]
EXAMPLE = Path(__file__).with_name("example.py").read_text("utf-8")
HEAVY = ",".join(f"mypy-{name}.*" for name in ("torch", "torchvision", "transformers", "timm"))
"""What no type of the public API comes from, and what takes minutes to read."""
MISTAKES = {
    'device="cpu"': 'device="gpu"',
    'faces="all"': 'faces="everybody"',
    "result.confidence": "result.certainty",
    "every_s=0.5": "every=0.5",
    "client.predict(photo)": "client.classify(photo)",
}
"""What stands in the example, and a mistake that a checker has to see in its place."""


def run_mypy(folder: Path) -> list[str]:
    """What ``mypy --strict`` says of the project."""
    (folder / "mypy.ini").write_text(f"[mypy]\nstrict = True\n[{HEAVY}]\nfollow_imports = skip\n")
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--no-error-summary"]
    command += ["--cache-dir", str(folder.parent / "cache"), "."]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={"MYPYPATH": str(SOURCE)}
    )
    return [line for line in done.stdout.splitlines() if line.startswith("main")]


def run_pyright(folder: Path) -> list[str]:
    """What pyright says in its strict mode; basedpyright is the build of it that is one wheel."""
    ours = Path(sys.executable).with_name("basedpyright")
    checker = str(ours) if ours.exists() else shutil.which("pyright")
    if checker is None:
        pytest.skip("neither basedpyright nor pyright is installed")
    settings = {"typeCheckingMode": "strict", "extraPaths": [str(SOURCE)], "include": ["."]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    command = [checker, "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    told = json.loads(done.stdout)
    assert told["summary"]["filesAnalyzed"] == len(list(folder.glob("*.py")))
    return [
        f"{Path(one['file']).name}:{one['range']['start']['line'] + 1}: {one['message']}"
        for one in told["generalDiagnostics"]
        if one["severity"] == "error"
    ]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("check", [run_mypy, run_pyright])
def test_a_project_passes_and_each_mistake_in_it_is_seen(check: object, tmp_path: Path) -> None:
    assert callable(check)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "main.py").write_text(EXAMPLE, "utf-8")
    for number, (right, wrong) in enumerate(MISTAKES.items()):
        assert right in EXAMPLE
        (folder / f"main_{number}.py").write_text(EXAMPLE.replace(right, wrong), "utf-8")
    told = check(folder)
    assert [line for line in told if line.startswith("main.py")] == []
    for number, wrong in enumerate(MISTAKES.values()):
        assert any(line.startswith(f"main_{number}.py") for line in told), (wrong, told)


def test_the_package_says_that_it_is_typed() -> None:
    assert (SOURCE / "genderlens" / "py.typed").is_file()
    named = {name for name in genderlens.__all__ if name[0].isupper()}
    assert all(name in EXAMPLE for name in named)
