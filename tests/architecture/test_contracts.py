"""Each net of the house holds now, and tears when it is broken on purpose."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import get_resolver

from courseapp.kernel.checks import routes
from tests.architecture.house import PRODUCT, ROOT
from tests.architecture.matrix import PAGES, unlisted

TOOLS = Path(sys.executable).parent
ALL_CONTRACTS = {
    "Apps form one acyclic stack",
    "Inside an app: interface over domain over data; no other module names exist",
    "Rule modules are plain Python",
    "Interface modules never touch the ORM",
    "Rules are told the time",
    "Nothing imports the composition root",
}

Plant = Callable[[str, str], None]


@pytest.fixture(scope="module")
def copied_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the product's code that may be broken."""
    copy = tmp_path_factory.mktemp("house") / "copy"
    for folder in PRODUCT:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "manage.py"):
        shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture
def house(copied_house: Path) -> Path:
    """Give the copy as it stands in the repository, whatever the test before broke."""
    for name, line in tuple(_planted.items()):
        path = copied_house / name
        path.write_text(path.read_text().removesuffix(line))
        del _planted[name]
    return copied_house


_planted: dict[str, str] = {}


@pytest.fixture
def plant(house: Path) -> Plant:
    """Append a line to a module of the copy."""

    def append(module: str, line: str) -> None:
        _planted[module] = f"\n{line}\n"
        with (house / module).open("a") as file:
            file.write(_planted[module])

    return append


def broken_contracts(house: Path) -> set[str]:
    """Return the contracts that import-linter finds broken."""
    done = run(house, TOOLS / "lint-imports", "--no-logo", "--cache-dir", house / ".cache")
    verdicts = [line.rpartition(" ") for line in done.stdout.splitlines()]
    found = {name: verdict for name, _, verdict in verdicts if verdict in {"KEPT", "BROKEN"}}
    assert set(found) == ALL_CONTRACTS, done.stdout + done.stderr
    broken = {name for name, verdict in found.items() if verdict == "BROKEN"}
    assert done.returncode == (1 if broken else 0)
    return broken


def run(house: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a tool in the copy, as `bin/test` does in the repository."""
    environment = {**os.environ, "PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=house, env=environment, capture_output=True, text=True, check=False
    )


def test_the_house_keeps_all_its_contracts(house: Path) -> None:
    assert broken_contracts(house) == set()


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        pytest.param(
            "groups/services/forming.py",
            "from grading import weights",
            "Apps form one acyclic stack",
            id="an upward import",
        ),
        pytest.param(
            "courseapp/kernel/mail.py",
            "from courseapp.course import policies",
            "Apps form one acyclic stack",
            id="a kernel that knows a course",
        ),
        pytest.param(
            "submissions/policies.py",
            "from submissions import services",
            "Inside an app: interface over domain over data; no other module names exist",
            id="a policy that calls a service",
        ),
        pytest.param(
            "grading/weights.py",
            "from django.utils import text",
            "Rule modules are plain Python",
            id="a rule module that knows Django",
        ),
        pytest.param(
            "submissions/rules/content.py",
            "from submissions.models import Submission",
            "Rule modules are plain Python",
            id="a rule module that knows a table",
        ),
        pytest.param(
            "grading/views.py",
            "from grading.models import Grade",
            "Interface modules never touch the ORM",
            id="a view that imports models",
        ),
        pytest.param(
            "submissions/tasks.py",
            "from submissions.models import Submission",
            "Interface modules never touch the ORM",
            id="a task that imports models",
        ),
        pytest.param(
            "submissions/policies.py",
            "from courseapp.kernel import clock",
            "Rules are told the time",
            id="a policy that reads the clock",
        ),
        pytest.param(
            "schedule/selectors.py",
            "from courseapp.kernel.clock import now",
            "Rules are told the time",
            id="a selector that reads the clock",
        ),
        pytest.param(
            "submissions/emails.py",
            "from courseapp import settings",
            "Nothing imports the composition root",
            id="an app that imports the settings",
        ),
    ],
)
def test_the_contract_tears_at(
    module: str, line: str, contract: str, house: Path, plant: Plant
) -> None:
    plant(module, line)
    assert contract in broken_contracts(house)


def test_the_contract_tears_at_a_module_of_another_name(house: Path) -> None:
    stray = house / "groups" / "utils.py"
    stray.write_text("")
    try:
        done = run(house, TOOLS / "lint-imports", "--no-logo", "--cache-dir", house / ".cache")
    finally:
        stray.unlink()
    assert done.returncode == 1
    assert "groups.utils" in done.stdout


def test_manage_py_check_fails_at_a_view_without_a_guard(house: Path, plant: Plant) -> None:
    plant(
        "grading/urls.py",
        "from django.http import HttpResponse\n"
        "urlpatterns += [path('leak/', lambda request: HttpResponse('all grades'))]",
    )
    done = run(house, sys.executable, "manage.py", "check", "--tag", "urls")
    assert done.returncode == 1
    assert "(kernel.E001) The view of /leak/ declares no guard." in done.stderr


def test_manage_py_check_is_content_with_the_house(house: Path) -> None:
    done = run(house, sys.executable, "manage.py", "check", "--tag", "urls")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_matrix_misses_a_url_that_it_does_not_list():
    ours = {pattern.name for _, pattern in routes(get_resolver()) if pattern.name}
    listed = {name for name in ours if not unlisted([name], PAGES)}
    assert {"landing", "hand-in", "release"} <= listed
    assert unlisted([*listed, "leak"], PAGES) == {"GET leak", "POST leak"}


def test_the_matrix_misses_a_method_that_it_does_not_list():
    without = "\n".join(line for line in PAGES.splitlines() if not line.startswith("POST release@"))
    assert unlisted(["release"], without) == {"POST release"}
