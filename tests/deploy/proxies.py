"""The configurations on docs/how-to/proxy.md, started as real proxies on free ports with TLS."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from databases import free_port
from service.serving import wait_until

PAGE = Path(__file__).parents[2] / "docs/how-to/proxy.md"
START_S = 30.0
END = b"-----END CERTIFICATE-----\n"


@dataclass(frozen=True)
class Proxy:
    url: str
    authority: Path
    """The certificate that clients have to trust."""

    @property
    def client(self) -> httpx.Client:
        context = ssl.create_default_context(cafile=str(self.authority))
        return httpx.Client(base_url=self.url, verify=context, timeout=30)


def read_block(language: str) -> str:
    """The one block of a language on the page."""
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.S | re.M)
    return str(text)


def replace(text: str, changes: dict[str, str]) -> str:
    """What is another on this machine; each must be there."""
    for before, after in changes.items():
        assert before in text, before
        text = text.replace(before, after)
    return text


@contextmanager
def nginx(folder: Path, service_port: int) -> Iterator[Proxy]:
    program = _find("nginx")
    port, certificate = free_port(), make_certificate(folder)
    server = replace(
        read_block("nginx"),
        {
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "gl.example.org;": "localhost;",
            "/etc/ssl/gl.example.org": str(folder / "localhost"),
            "127.0.0.1:8000": f"127.0.0.1:{service_port}",
        },
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    head = f"pid {folder}/pid;\nerror_log stderr;\nuser root;\nevents {{}}\n"
    config = folder / "nginx.conf"
    config.write_text(f"{head}http {{\naccess_log off;\n{places}{server}}}\n")
    with _running([program, "-c", str(config), "-p", str(folder), "-g", "daemon off;"], folder):
        yield _answering(Proxy(f"https://localhost:{port}", certificate))


@contextmanager
def caddy(folder: Path, service_port: int) -> Iterator[Proxy]:
    program, port = _find("caddy"), free_port()
    site = replace(
        read_block("caddyfile"),
        {
            "gl.example.org {": f"https://localhost:{port} {{\n\ttls internal",
            "127.0.0.1:8000": f"127.0.0.1:{service_port}",
        },
    )
    options = "admin off\n\tauto_https disable_redirects\n\tskip_install_trust"
    config = folder / "Caddyfile"
    config.write_text(f"{{\n\t{options}\n\tstorage file_system {folder}/store\n}}\n{site}")
    command = [program, "run", "--config", str(config), "--adapter", "caddyfile"]
    authority = folder / "store/pki/authorities/local/root.crt"
    with _running(command, folder):
        wait_until(lambda: authority.is_file() and authority.read_bytes().endswith(END), START_S)
        yield _answering(Proxy(f"https://localhost:{port}", authority))


def make_certificate(folder: Path) -> Path:
    """``localhost.crt`` and ``localhost.key``, signed by itself."""
    certificate, key = folder / "localhost.crt", folder / "localhost.key"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    return certificate


def _find(program: str) -> str:
    found = shutil.which(program, path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if found is None:
        pytest.skip(f"no {program}: apt-get install {program}")
    return found


def _answering(proxy: Proxy) -> Proxy:
    def answers() -> bool:
        try:
            with proxy.client as client:
                return client.get("/gl/health/live").status_code == 200
        except httpx.TransportError:
            return False

    wait_until(answers, START_S)
    return proxy


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[None]:
    environment = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with (
        (folder / "proxy.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process,
    ):
        try:
            yield
            assert process.poll() is None, (folder / "proxy.log").read_text()
        finally:
            process.terminate()
