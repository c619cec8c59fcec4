"""How long a request has been here, whole, before it was read (docs/adr/0015).

In the last minute before a deadline requests wait for a free thread. They lie in the kernel's buffers
meanwhile, and the kernel knows since when: a wait that is ours must not make anyone late.
"""

import socket
import struct
from datetime import timedelta
from typing import Final

from django.http import HttpRequest

# Linux, `struct tcp_info`: eight bytes, then numbers of four; the twelfth is the time since data came.
TCP_INFO_LENGTH: Final = 104
LAST_DATA_AT: Final = 8 + 4 * 11
MILLISECOND: Final = timedelta(milliseconds=1)
# The kernel counts in ticks of up to ten milliseconds: so much is left off, never to be too early.
TICK: Final = timedelta(milliseconds=10)
# Nobody waits so long for an answer; a longer time is not believed.
LONGEST: Final = timedelta(minutes=5)
NONE: Final = timedelta(0)


def waited(request: HttpRequest) -> timedelta:
    """Return how long ago the last byte came in that was read so far; nothing where nobody knows.

    Ask as soon as the body has been read. Never more than the truth.
    """
    connection = request.META.get("gunicorn.socket")
    if not isinstance(connection, socket.socket):
        return NONE
    try:
        told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_LENGTH)
    except OSError:  # a socket of the file system, or a connection that is lost
        return NONE
    return _credited(told)


def _credited(told: bytes) -> timedelta:
    if len(told) < TCP_INFO_LENGTH:
        return NONE
    (milliseconds,) = struct.unpack_from("=I", told, LAST_DATA_AT)
    lasted = milliseconds * MILLISECOND - TICK
    return lasted if NONE < lasted <= LONGEST else NONE
