"""The Python environment: `.venv` in the checkout, made and filled by the standard library alone."""

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from support import debian
from support.speech import say, timed

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"


def enter(*requirements: str) -> None:
    """Fill the environment from the given files and go on with the running command inside it."""
    ensure(requirements)
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(PYTHON, [str(PYTHON), *sys.argv])


def ensure(requirements: Sequence[str]) -> None:
    """Install the given files unless exactly these are already there."""
    wanted = {name: _digest_of(CHECKOUT / name) for name in requirements}
    if _is_installed(wanted):
        return
    with _alone():
        if _is_installed(wanted):
            return
        say("Making the Python environment in .venv …")
        if not _works():
            _make()
        if requirements:
            with timed("Python packages"):
                _install(requirements)
        fresh = STAMP.with_suffix(".new")
        fresh.write_text(json.dumps(_installed() | wanted))
        fresh.replace(STAMP)


def find_uv() -> str | None:
    """Return uv from the PATH or the environment, fetched into the latter where it can be had."""
    found = shutil.which("uv") or shutil.which("uv", path=str(VENV / "bin"))
    if found or not _has_pip():
        return found
    _succeeds([str(PYTHON), "-m", "pip", "install", "--quiet", "uv"])
    return shutil.which("uv", path=str(VENV / "bin"))


def _digest_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _installed() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def _is_installed(wanted: dict[str, str]) -> bool:
    return PYTHON.exists() and wanted.items() <= _installed().items()


@contextmanager
def _alone() -> Iterator[None]:
    """Keep two commands that start at once from filling the same environment."""
    checkout = os.open(CHECKOUT, os.O_RDONLY)
    try:
        fcntl.flock(checkout, fcntl.LOCK_EX)
        yield
    finally:
        os.close(checkout)


def _works() -> bool:
    is_new_enough = "import sys; sys.exit(sys.version_info < (3, 11))"
    return PYTHON.exists() and _succeeds([str(PYTHON), "-c", is_new_enough])


def _make() -> None:
    if VENV.is_dir():
        # Half made, or its Python has gone: nothing in it can be used.
        shutil.rmtree(VENV)
    if uv := shutil.which("uv"):
        if _succeeds([uv, "venv", "--quiet", "--seed", "--python", sys.executable, str(VENV)]):
            return
        shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("ensurepip") is None:
        _install_ensurepip()
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(f"{made.stdout}{made.stderr}No Python environment could be made in {VENV}.")


def _install_ensurepip() -> None:
    package = f"python3.{sys.version_info.minor}-venv"
    if not debian.may_install():
        line = debian.line_to_type(package)
        sys.exit(f"This Python comes without venv. Type this, then start again: {line}")
    if not debian.install(package):
        sys.exit(f"{package} could not be installed; no Python environment can be made without it.")


def _has_pip() -> bool:
    return _succeeds([str(PYTHON), "-m", "pip", "--version"])


def _install(requirements: Sequence[str]) -> None:
    files = [word for name in requirements for word in ("-r", str(CHECKOUT / name))]
    # Compiled once here: processes that may not write bytecode would compile at every start.
    options = ["pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON)]
    if (uv := find_uv()) and _succeeds([uv, *options, *files], _uv_environment()):
        return
    say("  uv cannot be used here, so pip does it, which takes longer …")
    done = subprocess.run(
        [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}The Python packages could not be installed.")


def _succeeds(command: Sequence[str], environment: dict[str, str] | None = None) -> bool:
    return (
        subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0
    )


def _uv_environment() -> dict[str, str]:
    """Give uv the index and the certificates that the person set for pip, which uv does not read."""
    environment = dict(os.environ)
    listed = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        match name.rpartition(".")[2]:
            case "index-url" if "UV_INDEX_URL" not in environment:
                environment.setdefault("UV_DEFAULT_INDEX", value.strip("'\""))
            case "cert":
                environment.setdefault("SSL_CERT_FILE", value.strip("'\""))
            case _:
                continue
    return environment
