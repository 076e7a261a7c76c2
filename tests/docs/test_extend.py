"""What the page on new parts claims: each block is put into a folder of its own and is found."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import torch
import yaml

import photos
from docs.blocks import ROOT
from genderlens.bundle import load_bundle
from genderlens.data import readers
from genderlens.data.readers import list_kinds, read_source
from genderlens.evaluation.robustness import corruptions
from genderlens.inference.classifiers import BundleClassifier
from genderlens.inference.predictor import Predictor
from genderlens.labelling import formats
from genderlens.labelling.formats import list_formats, load_writer
from genderlens.recipe.schema import Recipe
from genderlens.remote import read_remote, walk_remote
from genderlens.remote.changes import remote_tag, remove_remote, replace_remote, write_remote
from genderlens.remote.clouds import load_clouds
from genderlens.settings import Settings
from genderlens.training import architectures
from genderlens.training.architectures import create_network, list_architectures
from genderlens.types import Box, Outcome
from service.serving import fake_app, open_predictor, warm_client

KNOWN = (list_architectures(), list_kinds(), list_formats())
"""Loaded before any test, so that none of them registers itself into a copy."""
PAGE = (ROOT / "docs" / "explanation" / "extend.md").read_text("utf-8")
SECTIONS = {
    title.strip(): text
    for title, text in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
}


def block(title: str) -> str:
    return re.findall(r"```\w+\n(.*?)```", SECTIONS[title], re.DOTALL)[0]


@pytest.fixture
def package(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The block of a section as a file of a folder that belongs to its package; gone afterwards."""
    title = request.param
    (address,) = re.findall(r"`src/(genderlens/[\w/]+)\.py`", SECTIONS[title])
    folder, _, name = address.rpartition("/")
    parent = import_module(folder.replace("/", "."))
    (tmp_path / f"{name}.py").write_text(block(title), "utf-8")
    monkeypatch.setattr(parent, "__path__", [*parent.__path__, str(tmp_path)])
    yield
    sys.modules.pop(address.replace("/", "."), None)
    vars(parent).pop(name, None)


def holding(title: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("package", [title], indirect=True)


@holding("An architecture")
def test_an_architecture_is_one_file(package: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(architectures, "_BUILDERS", dict(architectures._BUILDERS))
    assert "tiny_cnn" in list_architectures()
    network = create_network("tiny_cnn", 1, {"channels": 4})
    assert network(torch.zeros(2, 3, 32, 32)).shape == (2, 1)


def test_a_recipe_is_one_file() -> None:
    assert Recipe.model_validate(yaml.safe_load(block("A recipe"))).name == "tiny"


@holding("A reader")
def test_a_reader_is_one_file(
    package: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_READERS", dict(readers._READERS))
    assert list_kinds()[0] == "label-list"
    folder = tmp_path / "faces"
    folder.mkdir()
    for name in ("a.jpg", "b.jpg"):
        (folder / name).write_bytes(photos.encode(photos.portrait()))
    (folder / "labels.lst").write_text("male a.jpg\nfemale b.jpg\n")
    assert list(read_source(str(folder)).labels) == ["male", "female"]


@holding("A label format")
def test_a_label_format_is_one_file(package: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "_WRITERS", dict(formats._WRITERS))
    assert "plain" in list_formats()
    assert load_writer("plain").__name__ == "write_plain"


def test_a_corruption_is_one_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corruptions, "CORRUPTIONS", dict(corruptions.CORRUPTIONS))
    exec(block("A corruption"), {"__name__": "posterised"})  # the page's own words
    worse = corruptions.CORRUPTIONS["posterised"]
    assert worse.caption(2) == "2 bits a channel"
    assert worse.encode(photos.portrait(), Box(170, 50, 280, 190), 2, seed=0)


@holding("A route")
def test_a_route_is_one_file(package: None) -> None:
    with warm_client(fake_app(open_predictor())) as client:
        assert client.get("/about").json() == "fake-1"


@holding("A cloud")
def test_a_cloud_is_one_file(package: None) -> None:
    load_clouds.cache_clear()
    try:
        write_remote("memory://bucket/in/a.txt", b"1")
        assert list(walk_remote("memory://bucket/in")) == ["memory://bucket/in/a.txt"]
        tag = remote_tag("memory://bucket/in/a.txt")
        assert replace_remote("memory://bucket/in/a.txt", b"2", tag)
        assert not replace_remote("memory://bucket/in/a.txt", b"3", "older")
        assert read_remote("memory://bucket/in/a.txt", 10) == b"2"
        assert remove_remote(["memory://bucket/in/a.txt"]) == {}
    finally:
        load_clouds.cache_clear()


def test_a_detector_is_one_object() -> None:
    space: dict[str, type] = {"__name__": "middle"}  # type: ignore[dict-item]
    exec(block("A detector"), space)
    predictor = Predictor(BundleClassifier(load_bundle()), Settings(), faces=space["MiddleFace"]())
    (answer,) = predictor.predict([photos.encode(photos.portrait())])
    assert answer.outcome in {Outcome.CLASSIFIED, Outcome.UNCERTAIN}
    assert answer.faces[0].box is not None


def test_every_section_is_tried() -> None:
    tried = {
        "An architecture",
        "A recipe",
        "A reader",
        "A label format",
        "A corruption",
        "A route",
        "A cloud",
        "A detector",
    }
    assert set(SECTIONS) == tried
    linked = set(re.findall(r"\]\(#([\w-]+)\)", PAGE))
    assert linked == {title.lower().replace(" ", "-") for title in tried}
