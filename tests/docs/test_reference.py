"""Documentation that cannot lie: derived parts are as the code says, and nothing is missing."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from genderlens.bundle import load_bundle
from genderlens.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def generate() -> Iterator[ModuleType]:
    sys.path.insert(0, str(ROOT / "docs"))
    import generate

    yield generate
    sys.path.remove(str(ROOT / "docs"))


def test_reference_is_what_the_code_says(generate: ModuleType) -> None:
    pages = generate.pages()
    for name, text in pages.items():
        assert (ROOT / "docs" / name).read_text("utf-8") == text, name
    stored = {f"reference/{page.name}" for page in (ROOT / "docs" / "reference").iterdir()}
    assert stored == set(pages)


def test_measured_rows_of_the_cost_page_are_the_measured_ones(generate: ModuleType) -> None:
    text = (ROOT / "docs" / "cost.md").read_text("utf-8")
    assert text == generate.costs(text)
    assert text.count("<!-- measured -->") == 1


def test_tables_of_the_capacity_page_are_the_measured_ones(generate: ModuleType) -> None:
    text = (ROOT / "docs" / "how-to" / "capacity.md").read_text("utf-8")
    assert text == generate.capacity(text)
    assert text.count("<!-- end of ") == 3


def test_what_a_start_is_worth_is_as_measured(generate: ModuleType) -> None:
    text = (ROOT / "docs" / "how-to" / "own-data.md").read_text("utf-8")
    assert text == generate.starts(text, folder=ROOT / "docs" / "figures")
    measured = json.loads((ROOT / "docs/figures/starts.json").read_text("utf-8"))["rows"]
    (table,) = re.findall(r"<!-- starts -->\n(.*?)<!-- end of starts -->", text, re.DOTALL)
    for row in measured:
        assert f"{row['accuracy']['value']:.1%}" in table


def test_the_prices_stand_in_the_guide_to_deployment_too() -> None:
    prices = json.loads((ROOT / "docs/figures/prices.json").read_text("utf-8"))
    guide = (ROOT / "deploy/README.md").read_text("utf-8")
    for price in (prices["fargate_vcpu"], prices["fargate_gb"], prices["gpu_node"]["hour"]):
        assert f"{price}/h" in guide, price
    assert prices["date"] in guide


def test_generating_twice_changes_nothing(generate: ModuleType) -> None:
    text = generate.costs((ROOT / "docs" / "cost.md").read_text("utf-8"))
    assert generate.costs(text) == text
    assert generate.pages() == generate.pages()


def test_figures_in_readme_are_the_measured_ones(generate: ModuleType) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert text == generate.readme(text)
    assert generate.HEADLINE.search(text)
    assert generate.ACCURACY.search(text)


def test_figures_of_the_benchmarks_are_the_measured_ones(generate: ModuleType) -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    assert text == generate.benchmarks(text)
    assert generate.MARKED.search(text)
    assert generate.TRAINED.search(text)


def test_the_layers_drawn_are_those_that_the_linter_holds(generate: ModuleType) -> None:
    text = (ROOT / "docs" / "explanation" / "architecture.md").read_text("utf-8")
    assert text == generate.layers(text, ROOT)
    assert text.count("<!-- layers -->") == 1


def test_figures_were_measured_with_the_shipped_model(generate: ModuleType) -> None:
    from genderlens.bundle import load_bundle

    for name in ("accuracy", "single_image", "speed", "decoding"):
        assert generate._read_figures(name)["model"] == load_bundle().version


def test_every_setting_and_option_is_described(generate: ModuleType) -> None:
    assert all(field.description for field in Settings.model_fields.values())
    pages = generate.pages()
    told = pages["reference/commands.md"] + pages["reference/settings.md"]
    rows = [line for line in told.splitlines() if line.startswith("| `")]
    assert len(rows) > 50
    assert all(row.rstrip(" |").count("|") >= 3 for row in rows)


def test_every_public_name_of_the_library_is_told_with_its_errors(generate: ModuleType) -> None:
    from derived.python_api import members_of

    import genderlens

    page = generate.pages()["reference/python.md"]
    for name in genderlens.__all__:
        if name.startswith("__"):
            continue
        assert f"## `{name}`\n" in page, name
        thing = getattr(genderlens, name)
        assert thing.__doc__, name
        for member, value in members_of(thing) if isinstance(thing, type) else ():
            told = getattr(value, "__func__", None) or getattr(value, "fget", None) or value
            assert (told.__doc__ or "").strip(), f"{name}.{member}"
    assert page.count("\n    load_predictor(\n") == 1
    assert "SettingsError" in page


def test_every_make_target_is_described() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    for target in phony[1].split():
        assert re.search(rf"^{target}:.*## \w", makefile, re.MULTILINE), target


def test_the_example_of_labelling_is_of_the_shipped_model() -> None:
    """Its commands stand above its table: another model is another table."""
    text = (ROOT / "docs" / "scale.md").read_text("utf-8")
    assert f"`{load_bundle().version}` classified" in text


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_files_that_are_named_are_there(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.(?:py|json))`", text)
    roots = (ROOT, ROOT / "src" / "genderlens", ROOT / "web")
    missing = [name for name in named if not any((root / name).exists() for root in roots)]
    assert not missing


PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    *(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md")),
]


@pytest.mark.parametrize("page", sorted(PAGES))
def test_links_within_the_repository_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)", path.read_text("utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), target
