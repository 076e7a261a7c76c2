"""Every code block of README and of the documentation runs, or says why not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from docs.blocks import PAGES, ROOT, Block, Reader, read_blocks

TOOLS = {"js": "node", "sh": "curl"}
"""What blocks of a language need beside Python and the package."""
ELSEWHERE = {"README.md", "docs/how-to/call-the-api.md"}
"""Run whole, and their answers read, by test_readme.py and test_api_examples.py."""


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def with_blocks() -> list[Path]:
    return [page for page in PAGES if any(read_blocks(page.read_text("utf-8")))]


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    "page", [page for page in with_blocks() if name_of(page) not in ELSEWHERE], ids=name_of
)
def test_blocks_of_the_page_run(
    page: Path, reader: Reader, request: pytest.FixtureRequest
) -> None:
    blocks = list(read_blocks(page.read_text("utf-8")))
    for tool in {TOOLS[b.language] for b in blocks if b.language in TOOLS and b.reason is None}:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    if any("s3://" in block.text for block in blocks if block.small):
        request.getfixturevalue("bucket")
    reader.follow(blocks)


@pytest.mark.parametrize("page", with_blocks(), ids=name_of)
def test_a_block_that_is_not_run_says_why(page: Path) -> None:
    for block in read_blocks(page.read_text("utf-8")):
        for reason in (block.reason, block.small):
            assert reason is None or len(reason.split()) >= 3, block


def test_most_pages_have_blocks_that_run() -> None:
    run = [
        page
        for page in with_blocks()
        if any(block.reason is None for block in read_blocks(page.read_text("utf-8")))
    ]
    assert len(run) >= 10


def test_the_marker_belongs_to_the_block_right_below_it() -> None:
    text = "<!-- not run: needs a GPU farm -->\n```sh\nfalse\n```\n\n```sh\ntrue\n```\n"
    assert [block.reason for block in read_blocks(text)] == ["needs a GPU farm", None]


def test_a_block_may_run_small() -> None:
    (block,) = read_blocks("<!-- run small: trains for hours -->\n```sh\ntrue\n```\n")
    assert (block.reason, block.small) == (None, "trains for hours")


@pytest.mark.parametrize(
    ("language", "text"),
    [("sh", "false\n"), ("python", "1 / 0\n"), ("json", "{\n"), ("cobol", "STOP RUN.\n")],
)
def test_a_block_that_fails_fails_its_page(language: str, text: str, reader: Reader) -> None:
    with pytest.raises((AssertionError, ValueError)):
        reader.follow([Block(1, language, text, None)])
