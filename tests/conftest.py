"""What all tests share: the two database roles, a quiet broker, files in a folder of their own.

The tests connect as the database's owner, who makes the tables, and then act as the application's
role, which cannot change history: what the product may not do, the tests cannot do either.
"""

import gc
from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.management.commands import flush
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from courseapp.kernel.files.bucket import Service, client_of
from tests import object_store
from tests.emptying import APPLICATION_ROLE, empty_tables, nothing_to_make
from tests.invariants import MARK, assert_invariants_hold, nothing_was_written
from tests.sharing import AsTheyShare, rank

# What is looked at for cycles at once: by default a twelfth of the tests' time goes there.
NEW_OBJECTS_A_COLLECTION = 10_000

_numbers = count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark of tests that make data which cannot be."""
    config.addinivalue_line(
        "markers", f"{MARK}(*codes): the test breaks these invariants, or any where none is named"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Hand out files, and those of one site together, where a file's tests are to stay together."""
    return AsTheyShare(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: rank(item.nodeid))


def pytest_collection_finish() -> None:
    """Look for no cycles in what lives as long as the tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS_A_COLLECTION)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let every connection from here on act as the application's role."""
    with django_db_blocker.unblock():
        connection.close()
        options = connection.settings_dict["OPTIONS"]
        as_owner = options.get("options", "")
        options["options"] = f"{as_owner} -c role={APPLICATION_ROLE}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", empty_tables)
        patch.setattr(flush, "emit_post_migrate_signal", nothing_to_make)
        yield
    # The owner drops the database again.
    with django_db_blocker.unblock():
        connection.close()
        options["options"] = as_owner


@pytest.fixture(autouse=True)
def files_of_this_test(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep files and mails of a test in folders of its own, made by who writes the first."""
    number = next(_numbers)
    settings.FILES_ROOT = tmp_path_factory.getbasetemp() / f"files-{number}"
    settings.EMAIL_FILE_PATH = tmp_path_factory.getbasetemp() / f"mail-{number}"


@pytest.fixture(scope="session")
def object_service() -> Iterator[Service]:
    """A server of the S3 protocol, one for all tests."""
    with object_store.running() as address:
        yield Service(address, "us-east-1", "key-id", "secret")


@pytest.fixture
def files_in_a_bucket(settings: Any, object_service: Service) -> Any:
    """Keep files of a test in a bucket of its own; gives the service's client."""
    settings.FILES_STORE, settings.S3_BUCKET = "s3", f"bucket-{uuid4().hex}"
    settings.S3_ENDPOINT_URL, settings.S3_REGION = object_service.endpoint_url, "us-east-1"
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = "key-id", "secret"
    client = client_of(object_service)
    client.create_bucket(Bucket=settings.S3_BUCKET)
    return client


@pytest.fixture(autouse=True)
def no_leftovers_in_cache() -> None:
    """Start each test with an empty cache: rate limits would reach over."""
    cache.clear()


@pytest.fixture(autouse=True)
def invariants_hold(request: pytest.FixtureRequest) -> Iterator[None]:
    """Ask after every test that wrote to the database whether its data can be (tests/invariants.py)."""
    mark = request.node.get_closest_marker(MARK)
    uses_database = request.node.get_closest_marker("django_db") is not None
    uses_database = uses_database or not {"db", "transactional_db"}.isdisjoint(request.fixturenames)
    if not uses_database or (mark and not mark.args):
        yield
        return
    # Asked for here, the database's fixture ends after this one, with the data still there.
    request.getfixturevalue("_django_db_helper")
    yield
    if not connection.needs_rollback and not nothing_was_written():
        assert_invariants_hold(excused=mark.args if mark else ())
