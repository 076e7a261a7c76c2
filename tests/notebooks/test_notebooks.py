"""Notebooks run on a small sample, one after the other, and are stored without outputs."""

from __future__ import annotations

import ast
import importlib.util
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

from genderlens.data.readers import read_source
from genderlens.errors import DataError
from genderlens.training.weights.packaged import PACKAGED
from notebooks.kernels import write_kernel
from stand_in import write_faces

ROOT = Path(__file__).parents[2]
PRETRAINED = PACKAGED["efficientnet_lite0"].module
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def running() -> ModuleType:
    """``docs/derived/run_notebooks.py``, which ``make site`` uses as well."""
    path = ROOT / "docs" / "derived" / "run_notebooks.py"
    spec = importlib.util.spec_from_file_location("run_notebooks", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_kernel(tmp_path_factory.mktemp("kernels"))


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch, kernels: Path) -> pytest.MonkeyPatch:
    """As somebody without the labelled photographs, on one thread."""
    pytest.importorskip("nbclient", reason="nbclient is not installed: run 'make dev'")
    monkeypatch.delenv("GENDERLENS_DATA_DIR", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("JUPYTER_PATH", str(kernels))
    return monkeypatch


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all, so that the last one serves what the second trained."""
    return tmp_path_factory.mktemp("notebooks")


def run(running: ModuleType, name: str, place: Path) -> str:
    """Run it; what its cells printed."""
    notebook = running.run_notebook(name, place)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    assert any(cell.outputs for cell in cells)
    printed = (out for cell in cells for out in cell.outputs if out.output_type == "stream")
    return "".join(out.text for out in printed)


@pytest.mark.parametrize("name", ["1-explore", "3-compare", "4-evaluate", "6-library"])
def test_it_runs(name: str, place: Path, running: ModuleType, ready: pytest.MonkeyPatch) -> None:
    run(running, name, place)


def test_training_takes_channel_and_model_folder_of_sagemaker_and_serves(
    place: Path, running: ModuleType, ready: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ready.setenv("SM_CHANNEL_TRAINING", str(write_faces(tmp_path / "channel", 40)))
    ready.setenv("SM_MODEL_DIR", str(place / "work" / "run"))
    ready.setitem(running.SMALL, "2-train", {**running.SMALL["2-train"], "OUT": ""})
    told = run(running, "2-train", place)
    assert "1 epochs of head\n1 epochs of all\n" in told
    assert ("from ImageNet " in told) == (find_spec(PRETRAINED) is not None)
    assert ("left out: ImageNet weights" in told) == ("from ImageNet " not in told)
    assert (place / "work" / "run" / "run.json").is_file()
    assert (place / "work" / "bundle" / "bundle.json").is_file()
    run(running, "5-serve", place)


@pytest.mark.parametrize("below", ["faces", "datasets/somebody/faces"])
def test_training_finds_what_is_attached_on_kaggle(below: str, tmp_path: Path) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / "2-train.ipynb", as_version=4)
    source = next(c.source for c in notebook.cells if "def find_attached" in c.source)
    (function,) = (
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == "find_attached"
    )
    (tmp_path / "a-model").mkdir()
    faces = write_faces(tmp_path / below, 2)
    names = {"KAGGLE": tmp_path, "read_source": read_source, "DataError": DataError}
    exec(compile(ast.Module([function], []), "find_attached", "exec"), names)
    assert Path(names["find_attached"]()) == faces  # type: ignore[operator]


def test_the_library_takes_fourteen_kinds_of_input_in_twenty_lines(
    place: Path, running: ModuleType, ready: pytest.MonkeyPatch
) -> None:
    notebook = running.run_notebook("6-library", place / "library")
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    written = [cell for cell in cells if "injected" not in cell.metadata.get("tags", ())]
    lines = [line for cell in written for line in cell.source.splitlines()]
    assert len([line for line in lines if line and " import " not in f" {line}"]) <= 20
    told = [out["text"] for cell in cells for out in cell.outputs if out.output_type == "stream"]
    rows = "".join(told).splitlines()
    assert len(rows) == 14
    assert {row.split()[-2] for row in rows} == {"female"}


@pytest.mark.data
@pytest.mark.parametrize("name", ["1-explore", "4-evaluate"])
def test_it_runs_on_real_photographs(
    name: str, tmp_path: Path, data_dir: Path, running: ModuleType, ready: pytest.MonkeyPatch
) -> None:
    ready.setenv("GENDERLENS_DATA_DIR", str(data_dir))
    run(running, name, tmp_path)
    assert not (tmp_path / "work" / "stand-in").exists()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_stored_without_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in cells)
    assert all(set(cell.metadata) <= {"tags"} for cell in notebook.cells)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert sum("parameters" in cell.metadata.get("tags", ()) for cell in cells) == 1


def test_every_notebook_has_small_parameters(running: ModuleType) -> None:
    assert set(running.SMALL) == {path.stem for path in NOTEBOOKS}
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        cell = next(c for c in notebook.cells if "parameters" in c.metadata.get("tags", ()))
        for name in running.SMALL[path.stem]:
            assert f"{name} = " in cell.source or f"{name}: " in cell.source
