from __future__ import annotations

import io
import zipfile

import httpx
import pytest

from genderlens.errors import DataError, UnknownLabelError
from genderlens.ui.answers import UploadedPicture
from genderlens.ui.client import Service
from genderlens.ui.samples import MAX_FILES, LabelledPhoto, read_zip, send_samples
from ui.shown import problem

LIMIT = 1000
LABELS = ("female", "male")


def zipped(*names: str, content: bytes = b"x") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return stream.getvalue()


def test_the_folder_is_the_label_and_litter_is_left_out() -> None:
    content = zipped("f/Female/a.jpg", "male/b.jpg", "__MACOSX/male/b.jpg", "male/.DS_Store")
    samples = read_zip(content, LIMIT, LABELS)
    assert [(one.label, one.picture.name) for one in samples] == [
        ("female", "a.jpg"),
        ("male", "b.jpg"),
    ]


def test_the_folders_are_the_words_of_any_model() -> None:
    content = zipped("f/ANDROGYNOUS/a.jpg")
    (sample,) = read_zip(content, LIMIT, ("feminine", "masculine", "Androgynous"))
    assert sample.label == "Androgynous"


def test_any_other_folder_is_an_error() -> None:
    words = "'women'; name the folders female and male"
    with pytest.raises(UnknownLabelError, match=words):
        read_zip(zipped("male/a.jpg", "women/b.jpg"), LIMIT, LABELS)
    with pytest.raises(UnknownLabelError, match="did you mean 'female'"):
        read_zip(zipped("females/b.jpg"), LIMIT, LABELS)


def test_a_zip_of_no_picture_says_which_folders() -> None:
    with pytest.raises(DataError, match="name the folders a, b and c"):
        read_zip(zipped(), LIMIT, ("a", "b", "c"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no zip", "cannot be read"),
        (zipped(), "no picture"),
        (zipped("male/a.jpg", content=b"0" * 10_000), "unpacks to"),
        (zipped(*(f"male/{i}.jpg" for i in range(MAX_FILES + 1)), content=b""), "the limit is"),
        (zipped("male/a.jpg", content=b"0" * 900)[:-30], "cannot be read"),
    ],
    ids=["none", "empty", "bomb", "many", "cut"],
)
def test_a_zip_that_is_none_or_too_much(content: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_zip(content, LIMIT, LABELS)


def test_the_tally_and_the_stop() -> None:
    answers = iter(
        [
            httpx.Response(201, json={"new": True}),
            httpx.Response(200, json={"new": False}),
            problem(415, "unsupported_format"),
            problem(503, "overloaded"),
        ]
    )
    transport = httpx.MockTransport(lambda _: next(answers))
    samples = [LabelledPhoto(UploadedPicture(f"{i}.jpg", b"x"), "male") for i in range(9)]
    with httpx.Client(base_url="http://s", transport=transport) as client:
        *_, sent = send_samples(Service(client), samples)
    assert (sent.new["male"], sent.known["male"], sent.taken) == (1, 1, 2)
    assert [name for name, _ in sent.refused] == ["2.jpg"]
    assert sent.stopped is not None
    assert sent.stopped.problem == "overloaded"
