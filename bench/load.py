"""The load generator: wrk with a script of signed-in requests, and its answer."""

import http.client
import json
import random
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from support import debian

from bench.asking import Request

PATIENCE_S = 120
MARK = "BENCH "

SCRIPT = """
local requests = {%s}
local sent = %d
request = function()
  sent = sent + 1
  local one = requests[(sent - 1) %% #requests + 1]
  local body = one.body and (one.body .. %s .. sent)
  return wrk.format(one.method, one.path, one.headers, body)
end
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format('%s{"requests": %%d, "seconds": %%f, "p50_ms": %%f, "p99_ms": %%f, "errors": %%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


@dataclass(frozen=True)
class Load:
    """What a generator saw: answers, and how long they took."""

    connections: int
    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    errors: int

    @property
    def per_second(self) -> float:
        """Return how many answers came each second."""
        return self.requests / self.seconds if self.seconds else 0.0


def ensure_generator() -> str:
    """Return wrk, installed first where that can be done; ends with what to type elsewhere."""
    found = shutil.which("wrk")
    if found is None and debian.may_install() and debian.install("wrk"):
        found = shutil.which("wrk")
    if found is None:
        # Other generators (ab, hey) can neither change people nor send something new each time.
        raise SystemExit(f"wrk makes the load. Type this, then again: {debian.line_to_type('wrk')}")
    return found


def script_of(requests: Sequence[Request], *, start: int, run: str) -> str:
    """Return wrk's script: the requests in turn from one of them on, each body new in each run."""
    return SCRIPT % (",\n".join(map(_table, requests)), start, quoted(f"{run}."), MARK)


def _table(request: Request) -> str:
    headers = ", ".join(
        f"[{quoted(name)}] = {quoted(value)}" for name, value in request.headers.items()
    )
    body = f", body = {quoted(request.body)}" if request.body else ""
    return (
        f"{{method = {quoted(request.method)}, path = {quoted(request.path)}, "
        f"headers = {{{headers}}}{body}}}"
    )


def quoted(text: str) -> str:
    """Return a text as Lua writes it."""
    # JSON's escapes are Lua's, as long as nothing beyond ASCII is escaped.
    return json.dumps(text, ensure_ascii=False).replace("\\/", "/")


def read_answer(output: str, *, connections: int) -> Load:
    """Read what the script printed at the end."""
    line = next((line for line in output.splitlines() if line.startswith(MARK)), None)
    if line is None:
        raise SystemExit(f"{output}\nThe load generator gave no figures.")
    return Load(connections=connections, **json.loads(line.removeprefix(MARK)))


def fire(
    requests: Sequence[Request], *, port: int, connections: int, seconds: float, folder: Path
) -> Load:
    """Send requests over some connections for some time."""
    # What a run sends must differ from what earlier ones sent, and begin with other people.
    start = random.randrange(len(requests))  # noqa: S311 - no secret
    script = folder / "load.lua"
    script.write_text(script_of(requests, start=start, run=f"{time.monotonic_ns():x}"))
    # wrk takes whole seconds only.
    duration = f"{max(1, round(seconds))}s"
    done = subprocess.run(  # noqa: S603 - our own script
        [
            *(ensure_generator(), "--threads", "1", "--connections", str(connections)),
            *("--duration", duration, "--timeout", f"{PATIENCE_S}s", "--script", str(script)),
            f"http://127.0.0.1:{port}/",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return read_answer(done.stdout + done.stderr, connections=connections)


def one_by_one(requests: Sequence[Request], *, port: int, count: int) -> Load:
    """Send some requests one after the other over one connection and time each."""
    times, errors = [], 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    for number in range(count):
        request = requests[number % len(requests)]
        begun = time.perf_counter()
        body = f"{request.body}{time.monotonic_ns():x}" if request.body else None
        connection.request(request.method, request.path, body, request.headers)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - begun)
        errors += answer.status >= 400
    connection.close()
    times.sort()
    return Load(
        connections=1,
        requests=count,
        seconds=sum(times),
        p50_ms=times[len(times) // 2] * 1e3,
        p99_ms=times[-1] * 1e3,
        errors=errors,
    )
