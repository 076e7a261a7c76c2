"""README: what stands first, and what its blocks answer."""

from __future__ import annotations

import json
import re

from docs.blocks import ROOT, Reader, read_blocks

README = (ROOT / "README.md").read_text("utf-8")


def test_the_two_commands_come_first() -> None:
    assert next(read_blocks(README)).text == "make serve\nmake test\n"
    assert re.search(r"\*\*\d\d\.\d% right\*\*", README.split("```sh")[0])


def test_the_answers_are_right(reader: Reader) -> None:
    steps, shell, http, python, _, explained, trained = reader.follow(list(read_blocks(README)))
    assert "tests/run.py" in steps
    assert '"prediction": "female"' in shell
    single, raw, batch, health = (
        json.loads(answer) for answer in http.replace("}{", "}\n{").split("\n")
    )
    assert single["prediction"] == raw["prediction"] == "female"
    assert batch["count"] == 2
    assert health["status"] == "healthy"
    assert python.startswith("classified female 0.")
    assert "report.html" in explained
    assert "bundles/mine" in trained
