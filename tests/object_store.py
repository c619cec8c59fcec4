"""A real server of the S3 protocol for tests: a process of its own, answering over HTTP."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SERVES = """
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
server = make_server(
    "127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True
)
print(server.server_port, flush=True)
server.serve_forever()
"""


@contextmanager
def running() -> Iterator[str]:
    """Run the server and give its address."""
    command = [sys.executable, "-W", "ignore", "-c", SERVES]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()
