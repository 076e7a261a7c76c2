"""Fourteen kinds of input, each with the right answer; and what is no picture, named."""

from __future__ import annotations

import io
import pickle
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import genderlens
import photos
from genderlens.errors import SettingsError, SourceNotFoundError
from genderlens.library.inputs import upright
from genderlens.pictures.heif_plugin import has_heif
from hostile.heic import SCENE


@pytest.fixture(scope="module")
def predictor() -> genderlens.PhotoPredictor:
    return genderlens.load_predictor(faces="largest")


@pytest.fixture(scope="module")
def portrait() -> np.ndarray[Any, Any]:
    return np.asarray(photos.portrait().convert("RGB"))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, portrait: np.ndarray[Any, Any]) -> Path:
    path = tmp_path_factory.mktemp("photos") / "portrait.png"
    Image.fromarray(portrait).save(path)
    return path


def rgba(pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    opaque = np.full((*pixels.shape[:2], 1), 255, np.uint8)
    return np.concatenate([pixels, opaque], axis=2)


def lying(pixels: np.ndarray[Any, Any]) -> Image.Image:
    """Stored on its side, with an orientation that says so."""
    stored = Image.fromarray(pixels).transpose(Image.Transpose.ROTATE_90)
    stream, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    stored.save(stream, "PNG", exif=exif)
    return Image.open(io.BytesIO(stream.getvalue()))


KINDS: dict[str, Callable[[Path, np.ndarray[Any, Any]], Any]] = {
    "str": lambda file, _: str(file),
    "Path": lambda file, _: file,
    "bytes": lambda file, _: file.read_bytes(),
    "bytearray": lambda file, _: bytearray(file.read_bytes()),
    "memoryview": lambda file, _: memoryview(file.read_bytes()),
    "BytesIO": lambda file, _: io.BytesIO(file.read_bytes()),
    "open file": lambda file, _: file.open("rb"),
    "PIL image": lambda _, pixels: Image.fromarray(pixels),
    "PIL image with EXIF orientation": lambda _, pixels: lying(pixels),
    "array H×W×3": lambda _, pixels: pixels,
    "array H×W×4": lambda _, pixels: rgba(pixels),
    "view with negative strides": lambda _, pixels: pixels[:, ::-1][:, ::-1],
    "read-only array": lambda _, pixels: np.frombuffer(pixels.tobytes(), np.uint8).reshape(
        pixels.shape
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_picture_gets_the_same_answer(
    kind: str, predictor: genderlens.PhotoPredictor, file: Path, portrait: np.ndarray[Any, Any]
) -> None:
    expected = predictor.predict(file.read_bytes())
    source = KINDS[kind](file, portrait)
    result = predictor(source)
    if hasattr(source, "close") and kind == "open file":
        source.close()
    assert isinstance(result, genderlens.Result)
    assert result.label == expected.label == "female"
    assert result.probabilities == pytest.approx(expected.probabilities, abs=1e-6)


def test_grey_arrays_are_taken(
    predictor: genderlens.PhotoPredictor, portrait: np.ndarray[Any, Any]
) -> None:
    grey = np.asarray(Image.fromarray(portrait).convert("L"))
    assert predictor(grey).label == "female"
    assert predictor(grey[:, :, None]).probabilities == predictor(grey).probabilities


@pytest.mark.parametrize(
    ("mode", "clear"), [("RGBA", (90, 9, 9, 0)), ("LA", (90, 0)), ("PA", (90, 0))]
)
def test_what_is_transparent_lies_on_white(mode: str, clear: tuple[int, ...]) -> None:
    assert upright(Image.new(mode, (20, 20), clear)).getpixel((3, 3)) == (255, 255, 255)


def test_opencv_frames_have_their_channels_turned_round(portrait: np.ndarray[Any, Any]) -> None:
    opencv = genderlens.load_predictor(faces="largest", color="bgr")
    plain = genderlens.load_predictor(faces="largest")
    assert opencv(portrait[:, :, ::-1]).probabilities == plain(portrait).probabilities


@pytest.mark.parametrize(
    ("array", "error", "message"),
    [
        (np.zeros((40, 40, 3)), TypeError, r"not float64; convert it: \(array \* 255\)"),
        (np.full((40, 40, 3), 200.0, np.float32), TypeError, r"convert it: \(array\)\.round"),
        (np.zeros((40, 40, 3), np.int64), TypeError, r"int64; convert it: array\.astype"),
        (np.zeros((3, 40, 40), np.uint8), ValueError, r"3×40×40; channels come last"),
        (np.zeros((2, 40, 40, 3), np.uint8), ValueError, r"as a list: list\(array\)"),
        (np.zeros((40,), np.uint8), ValueError, "not 40"),
        (np.zeros((0, 40, 3), np.uint8), ValueError, "not 0×40×3"),
        (7, TypeError, "not int"),
        (None, TypeError, "not NoneType"),
        ({"image": b""}, TypeError, "not dict"),
        (io.StringIO("x"), TypeError, "open it as binary"),
        ("https://example.org/a.jpg", ValueError, "pass allow_urls=True"),
    ],
)
def test_what_is_no_picture_is_named(
    array: Any, error: type[Exception], message: str, predictor: genderlens.PhotoPredictor
) -> None:
    with pytest.raises(error, match=message):
        predictor(array)


def test_bad_files_are_answers_and_no_exceptions(
    predictor: genderlens.PhotoPredictor, tmp_path: Path
) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    codes = [
        predictor(source).error_code
        for source in (tmp_path / "none.jpg", tmp_path / "broken.jpg", b"", b"text")
    ]
    assert codes[0] == "file_not_found"
    assert all(codes)
    tiny = predictor(np.zeros((3, 3, 3), np.uint8))
    assert not tiny
    assert tiny.error_code == "too_small"


def test_pixels_have_the_same_limit_as_files() -> None:
    small = genderlens.load_predictor(max_pixels=1_000_000)
    assert small(np.zeros((1001, 1000), np.uint8)).error_code == "too_many_pixels"


def test_many_pictures_are_answered_when_asked_for(
    predictor: genderlens.PhotoPredictor, portrait: np.ndarray[Any, Any]
) -> None:
    taken = []

    def frames() -> Iterator[np.ndarray[Any, Any]]:
        for number in range(3):
            taken.append(number)
            yield portrait

    results = predictor(frames())
    assert taken == []
    assert next(results).label == "female"
    assert taken == [0]
    assert [result.label for result in results] == ["female", "female"]


def test_a_list_has_a_length_and_an_order(
    predictor: genderlens.PhotoPredictor, file: Path, tmp_path: Path
) -> None:
    missing = tmp_path / "missing.jpg"
    results = predictor([file, missing, file.read_bytes()])
    assert len(results) == 3
    assert [result.source for result in results[:]] == [str(file), str(missing), None]
    assert [bool(result) for result in results] == [True, False, True]
    assert results[-1].label == "female"
    assert repr(results) == "<Results of 3 pictures>"


def test_what_was_handed_out_is_not_kept_and_says_so(
    predictor: genderlens.PhotoPredictor, file: Path
) -> None:
    results = predictor([file, file])
    next(results)
    with pytest.raises(RuntimeError, match=r"list\(predictor"):
        results.all()


@pytest.mark.parametrize("pattern", ["", "*.png", "**/*.png"])
def test_folders_and_globs_are_walked_in_order(
    pattern: str, predictor: genderlens.PhotoPredictor, file: Path, tmp_path: Path
) -> None:
    for name in ("b.png", "a.png"):
        (tmp_path / name).write_bytes(file.read_bytes())
    source = str(tmp_path / pattern) if pattern else tmp_path
    found = [Path(result.source or "").name for result in predictor(source)]
    assert found == ["a.png", "b.png"]


def test_an_empty_folder_is_an_error(predictor: genderlens.PhotoPredictor, tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="no picture is in"):
        list(predictor(tmp_path))
    with pytest.raises(SourceNotFoundError, match="nothing matches"):
        list(predictor(str(tmp_path / "*.jpg")))


def test_lists_in_lists_are_refused(predictor: genderlens.PhotoPredictor, file: Path) -> None:
    with pytest.raises(TypeError, match="not lists"):
        list(predictor([[file]]))  # type: ignore[list-item]


def test_a_batch_keeps_the_order(
    predictor: genderlens.PhotoPredictor, file: Path, tmp_path: Path
) -> None:
    sources = [file, tmp_path / "no.jpg"] * 6
    one_by_one = [str(result) for result in predictor(sources)]
    assert [str(result) for result in predictor.batch(sources, workers=3)] == one_by_one


def test_an_unknown_policy_is_refused_before_any_work(
    predictor: genderlens.PhotoPredictor, file: Path
) -> None:
    with pytest.raises(SettingsError, match="did you mean 'largest'"):
        predictor([file], faces="largst")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="rgb nor bgr"):
        genderlens.load_predictor(color="rbg")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="did you mean 'faces'"):
        genderlens.load_predictor(face="all")


def test_it_travels_to_other_processes(predictor: genderlens.PhotoPredictor, file: Path) -> None:
    copy = pickle.loads(pickle.dumps(predictor))
    assert copy(file).answer == predictor(file).answer


@pytest.fixture
def web(file: Path) -> Iterator[str]:
    class Photos(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/away":
                self.send_response(302)
                self.send_header("Location", f"file://{file}")
                self.end_headers()
                return
            found = self.path == "/portrait.png"
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(file.read_bytes() if found else b"")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Photos)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_web_is_asked_only_where_allowed(web: str) -> None:
    allowed = genderlens.load_predictor(faces="largest", allow_urls=True)
    found = allowed(f"{web}/portrait.png")
    assert found.label == "female"
    assert found.source == f"{web}/portrait.png"
    assert allowed(f"{web}/other.png").error_code == "file_not_readable"
    assert allowed(f"{web}/away").error_code == "file_not_readable"


def test_the_guide_lists_the_kinds_that_are_tried_here() -> None:
    guide = Path(__file__).parents[2] / "docs" / "how-to" / "python.md"
    rows = [
        line.split("|")[1].strip() for line in guide.read_text("utf-8").splitlines() if "|" in line
    ]
    listed = {row.strip("`") for row in rows if row.startswith("`")}
    assert listed == {*KINDS, "array H×W"}


@pytest.mark.skipif(not has_heif(), reason="the extra [heif] is not installed")
def test_a_folder_of_heic_is_answered(predictor: genderlens.PhotoPredictor, tmp_path: Path) -> None:
    """By their bytes, whatever they are called."""
    for name in ("IMG_0001.HEIC", "b.heif", "c"):
        (tmp_path / name).write_bytes(SCENE)
    outcomes = [result.outcome.value for result in predictor(str(tmp_path))]
    assert outcomes == ["no_person"] * 3
