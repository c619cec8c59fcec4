"""Sites for the tests of `bin/`: always ended, whatever a test did to them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.bin.running import MakeSite, Site, free_port


@contextmanager
def _site() -> Iterator[Site]:
    """Give a site on a new state; the folder lies where a killed run of the tests is cleared away."""
    folder = Path(tempfile.mkdtemp(dir=os.environ.get("COURSEAPP_SCRATCH"), prefix="up-"))
    folder.chmod(0o711)
    site = Site(folder / "state", free_port())
    try:
        yield site
    finally:
        if site.process and site.process.poll() is None:
            site.kill(site.processes())
        if (link := site.state / "postgres").is_symlink():
            shutil.rmtree(link.readlink().parent)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def make_site() -> Iterator[MakeSite]:
    """Make as many sites as a test wants."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(_site())


@pytest.fixture(scope="package")
def running_site() -> Iterator[Site]:
    """Give one running site to all tests of the folder, which leave it running."""
    with _site() as site:
        site.start()
        Site.collected_by = site
        yield site
        Site.collected_by = None
