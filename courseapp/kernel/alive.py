"""Whether the web answers, asked as its users ask: over a connection of its own."""

import logging
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Final
from urllib.parse import urlsplit

log = logging.getLogger(__name__)

PATIENCE_SECONDS: Final = 10


def answers(url: str) -> bool:
    """Say whether something that is not a failure comes back; a refusal is an answer, too.

    What stands before the web in the open, TLS included, is passed by.
    """
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", parts.path or "/", headers={"X-Forwarded-Proto": "https"})
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        log.warning("The web did not answer at %s: %s", url, error)
        return False
    finally:
        connection.close()
    return status < HTTPStatus.INTERNAL_SERVER_ERROR
