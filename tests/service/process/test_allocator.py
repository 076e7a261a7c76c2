from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_MEASURE = """
import sys, threading
from PIL import Image
from genderlens.service.process.allocator import return_freed_memory

def memory():
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))

def work():
    for _ in range(3):
        image = Image.new("RGB", (6000, 6000), "red")
        kept.append(Image.new("L", (2000, 2000), 1))
        image.convert("L")
        del image

kept = []
Image.new("RGB", (64, 64)).convert("L")
if "--return" in sys.argv:
    assert return_freed_memory()
before = memory()
for _ in range(2):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
print(memory() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of the GNU library alone")
def test_freed_pictures_leave_nothing_behind() -> None:
    def kept_bytes(*arguments: str) -> int:
        command = [sys.executable, "-c", _MEASURE, *arguments]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    small = 6 * 2000 * 2000
    assert kept_bytes("--return") < small + 20_000_000 < kept_bytes()
