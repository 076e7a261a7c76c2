from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--api", "ftp://x"], 2, "GENDERLENS_API_URL"),
        (["--api", "http://user:word@x"], 2, "GENDERLENS_API_URL"),
        (["--host", "0.0.0.0"], 2, "--insecure"),
        (["--reports", "/nowhere"], 2, "--reports"),
    ],
)
def test_it_refuses_to_start_in_one_line(arguments: list[str], code: int, words: str) -> None:
    command = [sys.executable, "-W", "error", "-m", "genderlens", "ui", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, env={})
    assert ended.returncode == code
    assert words in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
