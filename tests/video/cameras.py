"""Cameras that are none: a clip sent at its own pace over RTSP, or over UDP."""

from __future__ import annotations

import io
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av

PACKET = 188
_PACKETS_AT_ONCE = 7
_SDP = "".join(
    f"{line}\r\n"
    for line in (
        *("v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=camera", "t=0 0"),
        *("m=video 0 RTP/AVP 33", "a=control:one"),
    )
)
"""One video, as MPEG-TS in RTP."""


def to_transport_stream(clip: Path) -> bytes:
    """The same frames as MPEG-TS, which cameras and encoders send."""
    stream = io.BytesIO()
    with av.open(str(clip)) as source, av.open(stream, "w", format="mpegts") as target:
        copied = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = copied
                target.mux(packet)
    return stream.getvalue()


def paced(content: bytes, seconds: float) -> Iterator[bytes]:
    """The content in pieces, each when its time has come."""
    size = PACKET * _PACKETS_AT_ONCE
    begun, count = time.monotonic(), -(-len(content) // size)
    for number in range(count):
        ahead = begun + seconds * number / count - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
        yield content[number * size : (number + 1) * size]


@contextmanager
def serve_rtsp(clip: Path, seconds: float) -> Iterator[str]:
    """The address of a camera that plays a clip once for whoever asks, over TCP."""
    content = to_transport_stream(clip)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, content, seconds), daemon=True)
        thread.start()
        yield f"rtsp://127.0.0.1:{server.getsockname()[1]}/camera"


def _serve(server: socket.socket, content: bytes, seconds: float) -> None:
    try:
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as asked:
            while (request := _read_request(asked)) is not None:
                method, headers = request
                connection.sendall(_reply(method, headers["cseq"]))
                if method == "PLAY":
                    _play(connection, content, seconds)
                    return
    except OSError:
        pass  # the reader left


def _read_request(asked: io.BufferedIOBase) -> tuple[str, dict[str, str]] | None:
    first, headers = asked.readline().decode().split(), dict[str, str]()
    while line := asked.readline().decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return (first[0], headers) if first else None


def _reply(method: str, number: str) -> bytes:
    lines, body = ["RTSP/1.0 200 OK", f"CSeq: {number}"], ""
    if method == "OPTIONS":
        lines.append("Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN")
    elif method == "DESCRIBE":
        body = _SDP
        lines += ["Content-Type: application/sdp", f"Content-Length: {len(body)}"]
    elif method == "SETUP":
        lines.append("Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
    lines.append("Session: 1")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def _play(connection: socket.socket, content: bytes, seconds: float) -> None:
    """RTP packets of MPEG-TS, each after a dollar sign, its channel and its length."""
    for number, piece in enumerate(paced(content, seconds)):
        header = struct.pack(">BBHII", 0x80, 33, number & 0xFFFF, round(number * 900), 1)
        packet = header + piece
        connection.sendall(struct.pack(">cBH", b"$", 0, len(packet)) + packet)


@contextmanager
def send_udp(clip: Path, seconds: float) -> Iterator[str]:
    """The address at which a clip arrives again and again, as from an encoder in the network."""
    content, stop = to_transport_stream(clip), threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while not stop.is_set():
                for piece in paced(content, seconds):
                    sender.sendto(piece, ("127.0.0.1", port))
                    if stop.is_set():
                        return

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    try:
        yield f"udp://127.0.0.1:{port}"
    finally:
        stop.set()
        thread.join(10)
