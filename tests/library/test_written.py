"""Pictures written for the results of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from PIL import Image

import genderlens
import photos
from genderlens.errors import SettingsError
from genderlens.library.written import save_explanations, save_plots

Save = Callable[[Iterable[genderlens.Result], Path], Iterator[genderlens.Result]]


@pytest.fixture(scope="module")
def predictor() -> genderlens.PhotoPredictor:
    return genderlens.load_predictor(faces="all")


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """A strange name, two faces, a broken file and one that will be gone."""
    paths = [tmp_path / name for name in ("we ird\u202e.png", "two.png", "no.jpg", "gone.png")]
    paths[0].write_bytes(photos.encode(photos.portrait(), "PNG"))
    paths[1].write_bytes(photos.encode(photos.crowd(2), "PNG"))
    paths[2].write_bytes(b"nothing")
    paths[3].write_bytes(paths[0].read_bytes())
    return paths


@pytest.mark.parametrize(
    ("save", "names"),
    [
        (save_plots, ["0001-we_ird.jpg", "0002-two.jpg"]),
        (save_explanations, ["0001-we_ird.png", "0002-two-face1.png", "0002-two-face2.png"]),
    ],
)
def test_a_file_for_every_picture_or_face(
    save: Save,
    names: list[str],
    predictor: genderlens.PhotoPredictor,
    pictures: list[Path],
    tmp_path: Path,
) -> None:
    results = list(predictor(pictures))
    pictures[3].unlink()
    assert list(save(results, tmp_path / "out")) == results
    written = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in written] == names
    for path in written:
        with Image.open(path) as image:
            assert image.width > 100


def test_plots_keep_the_size_of_the_picture(
    predictor: genderlens.PhotoPredictor, tmp_path: Path
) -> None:
    next(save_plots([predictor(photos.portrait())], tmp_path))
    with Image.open(tmp_path / "0001-picture.jpg") as saved:
        assert saved.size == photos.portrait().size


@pytest.mark.parametrize(("save", "option"), [(save_plots, "save"), (save_explanations, "explain")])
def test_a_folder_that_cannot_be_written_is_named(
    save: Save, option: str, predictor: genderlens.PhotoPredictor, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingsError, match=rf"--{option} .*file: cannot write there"):
        list(save([predictor(photos.portrait())], tmp_path / "file"))
