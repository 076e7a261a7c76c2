"""Whether an address lies on this machine."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Of a name or an IP address; a name other than localhost may be any machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_on_loopback(url: str) -> bool:
    """Of an ``http://`` address."""
    return is_loopback(urlsplit(url).hostname or "")
