"""Commands that take hours, or never end, made small: what stands for them on a twin's PATH.

    python small.py SOCKET COMMAND [ARGUMENT ...]

COMMAND is ``genderlens``, ``python``, ``make`` or ``pip``, and SOCKET that of ``warm.py``, which
runs the former two. Every option stays. Trainings and sweeps get a tiny network for one epoch, a
sweep its first row; a benchmark measures its first bundle, robustness six pictures; a service that
runs until it is stopped is stopped once it answers; make tells its steps, and pip looks up the
extras that it is asked for. It is started for every command, and imports the rest where needed.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from asking import ask

ROOT: Final = Path(__file__).parents[2]
TINY: Final = (
    "phases=[{epochs: 1}]",
    "input={size_px: 32}",
    "data={store_px: 40, calibration_fraction: 0.25}",
    "model={architecture: compact_resnet, options: {channels: [8, 8, 8, 8]}}",
    "optim={batch_size: 8}",
)
READY: Final = {"serve": "/health/live", "ui": "/_stcore/health"}
"""What answers 200 where a service of this command is up."""
VERDICTS: Final = {"data": 3, "doctor": 3, "evaluate": 10}
"""Exit codes that judge data or machine, not the command: something was found, a rule is broken."""
_WAIT_S: Final = 120.0


def main(warm: str, command: str, *words: str) -> int:
    """The exit code of the small command."""
    if command == "make":
        plain = {"PATH": "/usr/bin:/bin"}
        return subprocess.run(["make", "-n", "-C", str(ROOT), *words], env=plain).returncode
    if command == "pip":
        return _look_up(words)
    if command == "python":
        return ask(warm, [command, *words], forward=True)[0]
    name = next((word for word in words if not word.startswith("-")), "")
    if name in READY:
        return _until_ready(warm, name, words)
    code = ask(warm, [command, *_shrink(name, words)], forward=True)[0]
    return 0 if code == VERDICTS.get(name) else code


def _shrink(name: str, words: tuple[str, ...]) -> list[str]:
    """The words, with what makes their command small behind them."""
    if name == "train":
        return [*words, *(f"--set={change}" for change in TINY)]
    if name == "sweep":
        first = _first_row(words[1])
        return ["sweep", str(first), *words[2:], *(f"--set={change}" for change in TINY)]
    if name == "benchmark":
        return [*words[:2], "--rounds", "5"]
    if name == "robustness":
        return [*words, "--sample", "6"]
    return list(words)


def _first_row(sweep: str) -> Path:
    """The sweep as a file with one row; what the tiny network has no use for is left out."""
    import yaml

    text = (ROOT / "src" / "genderlens" / "recipes" / "sweeps" / f"{sweep}.yaml").read_text("utf-8")
    asked = yaml.safe_load(text)
    if "grid" in asked:
        asked["grid"] = {key: values[:1] for key, values in asked["grid"].items()}
    else:
        asked["rows"] = asked["rows"][:1]
    path = Path("small") / f"{sweep}.yaml"
    path.write_text(yaml.safe_dump(asked, sort_keys=False), "utf-8")
    return path


def _until_ready(warm: str, name: str, words: tuple[str, ...]) -> int:
    """Start a service at a port of its own, stop it once it answers; its exit code, or 1."""
    from forks import client

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}{READY[name]}"
    service = subprocess.Popen([*client(warm, "genderlens"), *words, "--port", str(port)])
    try:
        return _stop(service) if _answers(service, address) else 1
    finally:
        service.kill()


def _answers(service: subprocess.Popen[bytes], address: str) -> bool:
    """Whether the service answers 200 before it ends or time is up."""
    from urllib.error import URLError
    from urllib.request import urlopen

    end = time.monotonic() + _WAIT_S
    while service.poll() is None and time.monotonic() < end:
        try:
            with urlopen(address, timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    return False


def _stop(service: subprocess.Popen[bytes]) -> int:
    """Interrupt it as a terminal does; Streamlit then ends with 0 or by the signal itself."""
    service.send_signal(signal.SIGINT)
    return 0 if service.wait(timeout=60) in (0, -signal.SIGINT, 130) else 1


def _look_up(words: tuple[str, ...]) -> int:
    """0 where every extra that is asked for exists."""
    from importlib import metadata

    known = set(metadata.metadata("genderlens").get_all("Provides-Extra") or ())
    asked = {
        extra.strip()
        for names in re.findall(r"genderlens\[([^\]]+)\]", " ".join(words))
        for extra in names.split(",")
    }
    sys.stderr.writelines(f"no extra {extra!r}\n" for extra in sorted(asked - known))
    return int(bool(asked - known))


if __name__ == "__main__":
    os.environ.setdefault("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "false")
    sys.exit(main(*sys.argv[1:]))
