"""The house rules that no tool checks, read off our own files."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.house import (
    PRODUCT,
    ROOT,
    decorators_of,
    functions_of,
    imports_of,
    modules,
    modules_named,
    shown,
    tree_of,
    written_files,
)

LINE_LIMIT = 400
FORBIDDEN_NAMES = frozenset(
    {
        "process",
        "handle",
        "manage",
        "do",
        "data",
        "info",
        "obj",
        "util",
        "helper",
        "misc",
        "manager",
    }
)
FORBIDDEN_MODULES = FORBIDDEN_NAMES | {"utils", "helpers", "managers"}
# Written in pieces, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" + "DO|FIX" + "ME|X" + "XX)\b")
BARE_SILENCER = re.compile(r"#\s*(noqa(?!: [A-Z])|type:\s*ignore(?!\[[a-z]))", re.IGNORECASE)
HTTP_AND_TEMPLATES = ("django.http", "django.shortcuts", "django.template")
RULES = ("services", "policies", "selectors")


def strays(path: Path, packages: tuple[str, ...]) -> set[str]:
    """Return what a module imports from packages that it must not know."""
    return {
        name
        for name in imports_of(path)
        if any(name == package or name.startswith(f"{package}.") for package in packages)
    }


@pytest.mark.parametrize("path", modules_named("views", "tasks"), ids=shown)
def test_views_and_tasks_know_no_table(path: Path) -> None:
    assert strays(path, ("django.db",)) == set()
    assert {name for name in imports_of(path) if "models" in name.split(".")} == set()


@pytest.mark.parametrize("path", modules_named(*RULES), ids=shown)
def test_rules_know_neither_requests_nor_pages(path: Path) -> None:
    assert strays(path, HTTP_AND_TEMPLATES) == set()


def test_the_rules_above_look_at_modules_and_packages_alike():
    looked_at = {shown(path) for path in modules_named("views", "tasks", *RULES)}
    assert {
        "grading/views.py",
        "courseapp/kernel/tasks.py",
        "courseapp/course/services.py",
        "submissions/services/handing_in.py",
        "grading/selectors/awards.py",
    } <= looked_at


def test_no_module_is_longer_than_one_sitting():
    lengths = {
        shown(path): len(path.read_text().splitlines())
        for path in modules(*PRODUCT, "tests", "bin")
    }
    assert {name: length for name, length in lengths.items() if length > LINE_LIMIT} == {}


def test_nothing_is_left_for_later():
    assert [shown(path) for path in written_files() if UNFINISHED.search(path.read_text())] == []


def test_a_silenced_warning_is_named():
    silencing = [
        f"{shown(path)}:{number}"
        for path in written_files()
        if path.suffix == ".py"
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if BARE_SILENCER.search(line)
    ]
    assert silencing == []


@pytest.mark.parametrize(
    ("line", "is_bare"),
    [
        ("x = 1  # no" + "qa", True),
        ("x = 1  # no" + "qa: PLC0415 - a reason", False),
        ("x = 1  # type" + ": ignore", True),
        ("x = 1  # type" + ": ignore[misc]", False),
    ],
)
def test_a_silencer_without_a_name_is_recognised(line: str, is_bare: bool) -> None:
    assert bool(BARE_SILENCER.search(line)) is is_bare


def test_functions_and_classes_say_what_they_are_about():
    nameless = [
        f"{shown(path)}: {function.name}"
        for path in modules(*PRODUCT)
        for function in functions_of(path)
        # A library asks for its own names (Command.handle); such a method says so.
        if set(function.name.split("_")) & FORBIDDEN_NAMES and not names_a_librarys(function)
    ]
    nameless += [
        f"{shown(path)}: {node.name}"
        for path in modules(*PRODUCT)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and node.name.lower() in FORBIDDEN_MODULES
    ]
    assert nameless == []


def names_a_librarys(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Say whether a library looks a method up by its name."""
    of_django = {"process_view", "process_exception", "process_response"}
    return "override" in decorators_of(function) or function.name in of_django


def test_modules_are_named_by_what_they_hold():
    stems = {shown(path): path.stem for path in modules(*PRODUCT)}
    folders = {shown(path): path.parent.name for path in modules(*PRODUCT)}
    assert {name for name, stem in stems.items() if stem in FORBIDDEN_MODULES} == set()
    assert {name for name, folder in folders.items() if folder in FORBIDDEN_MODULES} == set()


def documentation() -> str:
    """Return all that people are told: the README and the guides."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return "\n".join(page.read_text() for page in pages if page.exists())


def test_the_documentation_names_every_setting():
    settings = re.findall(
        r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE
    )
    assert len(settings) > 10
    told = set(re.findall(r"\b[A-Z][A-Z0-9_]+\b", documentation()))
    assert set(settings) - told == set()


def test_the_documentation_names_every_command():
    commands = {f"bin/{path.name}" for path in (ROOT / "bin").iterdir() if path.is_file()}
    assert {"bin/up", "bin/test", "bin/manage"} <= commands
    told = set(re.findall(r"\bbin/[a-z_-]+", documentation()))
    assert commands - told == set()
