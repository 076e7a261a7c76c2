"""The installed package on a machine without a network: service, page, API and command line.

``python deploy/release/smoke.py ENVIRONMENT PHOTO`` with a photo of one person. On Linux, all of it
runs in a network namespace that holds loopback alone, so that nothing can be fetched unnoticed.
Only the standard library: what is tried is what the environment holds.
"""

# ruff: noqa: S310, S603, T201 -- a script: it prints, and runs and asks what was just built
from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

ALONE = "GENDERLENS_SMOKE_ALONE"
START_S = 60.0
HEAVY = ("torch", "torchvision", "tensorflow", "timm", "transformers", "lightning", "streamlit")


def main(environment: str, photo: str) -> None:
    """Try everything; the first thing that is wrong ends it."""
    if os.environ.get(ALONE) != "1" and can_be_alone():
        sys.exit(
            subprocess.run(alone(sys.argv), env=os.environ | {ALONE: "1"}, check=False).returncode
        )
    network = "no network" if not reaches_out() else "WITH a network: unshare is not allowed here"
    programs = Path(environment).resolve() / "bin"
    with tempfile.TemporaryDirectory() as folder:
        check_packages(programs, Path(folder))
        check_command(programs, Path(folder), Path(photo).resolve())
        check_service(programs, Path(folder), Path(photo).read_bytes())
    print(f"{environment}: predict, serve, page and API work ({network}, nothing of {HEAVY[0]})")


def can_be_alone() -> bool:
    """Whether a network namespace may be made; containers and other systems refuse."""
    command = ["unshare", "--user", "--map-root-user", "--net", "ip", "link", "set", "lo", "up"]
    tools = shutil.which("unshare") and shutil.which("ip")
    return bool(tools) and subprocess.run(command, capture_output=True, check=False).returncode == 0


def alone(arguments: list[str]) -> list[str]:
    """This script again, in a namespace of its own."""
    command = 'ip link set lo up && exec "$@"'
    unshare = ["unshare", "--user", "--map-root-user", "--net"]
    return [*unshare, "sh", "-c", command, "sh", sys.executable, *arguments]


def reaches_out() -> bool:
    """Whether there is a way to any other machine; sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return False
    return True


def check_packages(programs: Path, folder: Path) -> None:
    """Nothing heavy installed, and nothing imported from a checkout."""
    code = (
        "import genderlens, importlib.util as u, json; "
        f"print(json.dumps([genderlens.__file__, [n for n in {HEAVY!r} if u.find_spec(n)]]))"
    )
    done = run(programs, folder, "python", "-c", code)
    place, heavy = json.loads(done)
    require(str(programs.parent) in place, f"genderlens comes from {place}")
    require(not heavy, f"{heavy} are installed")


def check_command(programs: Path, folder: Path, photo: Path) -> None:
    """``genderlens predict`` answers with one face."""
    answer = json.loads(run(programs, folder, "genderlens", "predict", "--json", str(photo)))
    require(answer["outcome"] == "classified", f"predict answered {answer}")
    require(answer["person_count"] == 1, f"predict answered {answer}")


def check_service(programs: Path, folder: Path, photo: bytes) -> None:
    """``genderlens serve`` is healthy, shows the page and answers; then ends when asked to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url, log = f"http://127.0.0.1:{port}", folder / "log"
    command = [programs / "genderlens", "serve", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=bare(folder), stdout=output, stderr=output
        )
    try:
        wait_for(f"{url}/health", process, log)
        health = json.loads(get(f"{url}/health"))
        require(health["model_loaded"] is True, f"/health says {health}")
        check_page(url)
        answer = json.loads(post(f"{url}/predict", photo))
        require(answer["prediction"] in {"male", "female"}, f"/predict answered {answer}")
        process.send_signal(signal.SIGTERM)
        require(process.wait(30) == 0, f"serve ended with {process.returncode}")
    finally:
        process.kill()


def check_page(url: str) -> None:
    """The page is the built one, and everything that it names is there."""
    page = get(f"{url}/app/").decode()
    named = [n for n in re.findall(r'(?:src|href)="([^"]+)"', page) if "://" not in n]
    require(any(name.endswith(".js") for name in named), f"the page names {named}, no script")
    for name in named:
        content = get(urllib.parse.urljoin(f"{url}/app/", name))
        require(content, f"{name} of the page is empty")


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            get(url)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    sys.exit(f"make dist: no answer from {url}; the log says:\n{log.read_text('utf-8')}")


def get(url: str) -> bytes:
    """The body of a page."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        body: bytes = answer.read()
        return body


def post(url: str, photo: bytes) -> bytes:
    """The answer to a picture."""
    mark = uuid.uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    body = head.encode() + photo + f"\r\n--{mark}--\r\n".encode()
    kind = {"Content-Type": f"multipart/form-data; boundary={mark}"}
    with urllib.request.urlopen(urllib.request.Request(url, body, kind), timeout=60) as answer:
        answered: bytes = answer.read()
        return answered


def run(programs: Path, folder: Path, program: str, *arguments: str) -> str:
    """What a program prints; its complaint where it fails."""
    command = [programs / program, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=bare(folder), capture_output=True, text=True, check=False
    )
    require(done.returncode == 0, f"{program} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def bare(folder: Path) -> dict[str, str]:
    """No settings of this shell, and a home that is empty."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(folder)}


def require(holds: object, fault: str) -> None:
    """End with the fault where it does not hold."""
    if not holds:
        sys.exit(f"make dist: {fault}")


if __name__ == "__main__":
    main(*sys.argv[1:])
