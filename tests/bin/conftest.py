"""Sites for the tests of `bin/`: always ended, whatever a test did to them."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Made:
    """A state that one command made where nothing was, and what the command said; nothing runs on it."""

    site: Site
    said: subprocess.CompletedProcess[str]


@pytest.fixture(scope="package")
def made() -> Iterator[Made]:
    """Give a state that `bin/manage` made, whose database others begin with."""
    code = "from django.contrib.contenttypes.models import ContentType as C; print(C.objects.count() > 0)"
    with _site() as site:
        yield Made(site, site.manage("shell", "--no-imports", "-c", code))


@pytest.fixture
def make_migrated_site(made: Made, make_site: MakeSite) -> MakeSite:
    """Make sites whose database is migrated already, where that is not what the test is about."""

    def make() -> Site:
        site, database = make_site(), made.site.state / "postgres"
        if not database.is_symlink():
            site.state.mkdir()
            shutil.copymode(made.site.state, site.state)
            # The database's files belong to the user that runs it.
            subprocess.run(["cp", "-a", database, site.state], check=True)
        return site

    return make


@pytest.fixture(scope="package")
def running_site() -> Iterator[Site]:
    """Give one running site to all tests of the folder, which leave it running."""
    with _site() as site:
        site.start()
        Site.collected_by = site
        yield site
        Site.collected_by = None
