from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from genderlens.files.drafts import clear_drafts, draft_file, draft_folder, put_folder
from genderlens.storage import write_bytes_atomically

ROUNDS = 150


def run_two(code: str, *arguments: str) -> list[tuple[int, str]]:
    """The same code in two processes at the same time; exit status and what each says."""
    command = [sys.executable, "-c", code, *arguments]
    pair = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=60)[1] for process in pair]
    return [(process.returncode, text) for process, text in zip(pair, told, strict=True)]


def hold_and_die(folder: Path, code: str) -> None:
    """Run code that ends in a ``with`` block, and kill it inside that."""
    command = [sys.executable, "-c", code + " print('held', flush=True); time.sleep(60)"]
    with subprocess.Popen([*command, str(folder)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert clear_drafts(folder) == 0, "what is being written is no leftover"
        process.send_signal(signal.SIGKILL)


def names(folder: Path) -> Sequence[str]:
    return sorted(path.name for path in folder.iterdir())


def test_two_processes_write_one_file(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib; from genderlens.storage import write_bytes_atomically\n"
        f"for _ in range({ROUNDS}):\n"
        "    write_bytes_atomically(pathlib.Path(sys.argv[1]), str(os.getpid()).encode() * 5000)"
    )
    assert run_two(code, str(tmp_path / "file.bin")) == [(0, ""), (0, "")]
    content = (tmp_path / "file.bin").read_text()
    assert content == content[: len(content) // 5000] * 5000
    assert names(tmp_path) == ["file.bin"]


def test_two_processes_write_one_folder(tmp_path: Path) -> None:
    code = (
        "import os, sys, pathlib; from genderlens.files.drafts import draft_folder, put_folder\n"
        "out = pathlib.Path(sys.argv[1])\n"
        f"for _ in range({ROUNDS}):\n"
        "    with draft_folder(out) as draft:\n"
        "        for name in 'ab': (draft / name).write_text(str(os.getpid()))\n"
        "        put_folder(draft, out)"
    )
    assert run_two(code, str(tmp_path / "out")) == [(0, ""), (0, "")]
    assert names(tmp_path) == ["out"]
    assert names(tmp_path / "out") == ["a", "b"]
    assert (tmp_path / "out" / "a").read_text() == (tmp_path / "out" / "b").read_text()


@pytest.mark.parametrize(
    "body",
    [
        "with draft_file(out / 'x') as draft:\n draft.write_bytes(b'half')\n",
        "with draft_folder(out / 'x') as draft:\n (draft / 'a').write_bytes(b'half')\n",
    ],
    ids=["file", "folder"],
)
def test_what_a_kill_leaves_is_cleared_and_what_is_being_written_is_not(
    tmp_path: Path, body: str
) -> None:
    head = "import sys, time, pathlib\nfrom genderlens.files.drafts import *\n"
    hold_and_die(tmp_path, f"{head}out = pathlib.Path(sys.argv[1])\n{body}")
    assert len(names(tmp_path)) == 1
    assert clear_drafts(tmp_path, of="y") == 0
    os.utime(tmp_path / names(tmp_path)[0], (4e9, 4e9))  # the clock says nothing
    assert clear_drafts(tmp_path, of="x") == 1
    assert names(tmp_path) == []


def test_a_draft_that_is_empty_may_be_in_the_making(tmp_path: Path) -> None:
    draft = tmp_path / ".x.abc.partial"
    draft.touch()
    assert clear_drafts(tmp_path) == 0
    os.utime(draft, (0, 0))
    assert clear_drafts(tmp_path) == 1


def test_only_drafts_are_cleared(tmp_path: Path) -> None:
    (tmp_path / "mine.partial").write_bytes(b"x")
    (tmp_path / ".hidden").write_bytes(b"x")
    (tmp_path / ".link.partial").symlink_to(tmp_path / "mine.partial")
    assert clear_drafts(tmp_path) == 0
    assert clear_drafts(tmp_path / "nowhere") == 0
    assert len(names(tmp_path)) == 3


def test_a_body_that_fails_leaves_nothing(tmp_path: Path) -> None:
    for opened in (draft_file, draft_folder):
        with pytest.raises(ZeroDivisionError), opened(tmp_path / "x"):
            raise ZeroDivisionError
    assert names(tmp_path) == []


def test_a_folder_that_cannot_take_its_place_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with draft_folder(tmp_path / "x") as draft, pytest.raises(OSError, match="x"):
        put_folder(draft, tmp_path / "file" / "x")


def test_private_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    write_bytes_atomically(tmp_path / "mine", b"x", private=True)
    assert stat.S_IMODE((tmp_path / "mine").stat().st_mode) == 0o600


def test_the_longest_name_has_a_draft(tmp_path: Path) -> None:
    name = "é" * 127
    write_bytes_atomically(tmp_path / name, b"x")
    assert names(tmp_path) == [name]
