"""The first page: fetched as a person would, to know when the address may be printed."""

import contextlib
import http.client
import ipaddress
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

PATIENCE_S = 120


def answers(environment: Mapping[str, str]) -> bool:
    """Wait until the start page answers; False where it never does."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if _status(environment) < 500:
                return True
        time.sleep(0.1)
    return False


def _status(environment: Mapping[str, str]) -> int:
    public = urlsplit(environment["BASE_URL"])
    host = _reachable(environment["BIND"].strip("[]"))
    with contextlib.closing(
        http.client.HTTPConnection(host, int(environment["PORT"]), timeout=30)
    ) as connection:
        # The server answers to its public name only, and may send plain requests on to https.
        headers = {"Host": public.netloc, "X-Forwarded-Proto": public.scheme}
        connection.request("GET", "/", headers=headers)
        return connection.getresponse().status


def _reachable(host: str) -> str:
    """Return an address to connect to where the server listens on all of them."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"
