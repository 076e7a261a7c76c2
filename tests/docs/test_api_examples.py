"""The examples of the API say of the portrait what it shows, in every language."""

from __future__ import annotations

import shutil

import pytest

from docs.blocks import ROOT, Reader, read_blocks

PAGE = (ROOT / "docs" / "how-to" / "call-the-api.md").read_text("utf-8")


@pytest.mark.skipif(
    shutil.which("curl") is None or shutil.which("node") is None, reason="needs curl and node"
)
def test_examples_answer(reader: Reader) -> None:
    told, curl, client, httpx, library, triton, javascript, _ = reader.follow(
        list(read_blocks(PAGE))
    )
    assert "'age_group'" in told
    assert curl.count('"prediction":"female"') >= 5
    assert client.startswith("classified female 0.")
    assert client.count("'female'") == 2
    assert httpx.startswith("classified female 0.")
    assert library.count("classified female 0.") == 2
    assert "female" in triton
    assert javascript.startswith("classified female 0.")
    assert (reader.folder / "heat.png").read_bytes().startswith(b"\x89PNG")
