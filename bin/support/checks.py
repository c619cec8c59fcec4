"""`bin/test`: every check of the product, each with its seconds, on throw-away services."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from support import browser, processes, scratch, services
from support.configuration import without_the_products_own
from support.environment import CHECKOUT, VENV
from support.services import Embedded
from support.signals import StopRequested, stop_on_request
from support.speech import say, timed
from support.state import held, open_state

STOPPED = 130
# What a deployment sets, for Django's deployment checks.
DEPLOYED = {"BASE_URL": "https://course.example.edu", "DEBUG": "0"}

# One worker a core of the smallest machine; a file's tests share what they make, and stay together.
ON_BOTH_CORES = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
# Playwright's synchronous interface runs a loop in the thread that also uses the database.
IN_TESTS = {"DJANGO_ALLOW_ASYNC_UNSAFE": "true"}


@dataclass(frozen=True)
class Check:
    """One command that must succeed."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How a check ended; the output is kept only of those that ran beside the tests."""

    check: Check
    code: int
    seconds: float
    output: str


STATIC = (
    Check("ruff check", ("ruff", "check", ".")),
    Check("ruff format", ("ruff", "format", "--check", ".")),
    Check("import-linter", ("lint-imports",)),
    Check("djlint", ("djlint", "--lint", "--quiet", "templates")),
    Check("deptry", ("deptry", ".")),
    Check("makemigrations", ("python", "manage.py", "makemigrations", "--check", "--dry-run")),
    Check(
        "check --deploy",
        ("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        DEPLOYED,
    ),
    Check("mypy", ("mypy", ".")),
)


def main(arguments: Sequence[str]) -> int:
    """Run everything, or pytest alone with the given arguments; 0 where all is well."""
    stop_on_request()
    try:
        with contextlib.ExitStack() as stack:
            with timed("services and browser"):
                environment = _environment(stack)
            return asyncio.run(_run(arguments, environment))
    except StopRequested as request:
        say(f"Stopped by {request}.")
        return STOPPED


def _environment(stack: contextlib.ExitStack) -> dict[str, str]:
    """Start throw-away services and return the environment of every check."""
    folder = stack.enter_context(scratch.scratch_folder())
    chromium = browser.ensure()
    state = open_state(folder / "state", holds_database=True)
    settings = {**without_the_products_own(), **chromium, "COURSEAPP_DEMO": "0"}
    everything = Embedded(database=True, broker=True)
    environment = services.product_environment(state, settings)
    stack.enter_context(held(state))
    stack.enter_context(services.running(state, everything, durable=False))
    return {
        **environment,
        # A later run can tell by this whose children a killed one left behind.
        **processes.marks(state, "checks"),
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "VIRTUAL_ENV": str(VENV),
        "NO_COLOR": "1",
        # Empty is unset: the product is started many times, and need not be compiled each time.
        "PYTHONDONTWRITEBYTECODE": "",
        "COURSEAPP_SCRATCH": str(folder),
    }


async def _run(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    # The tests make their database as its owner and then act in the application's role.
    owner = {"DATABASE_URL": environment["DATABASE_OWNER_URL"]}
    tests = Check("pytest", ("pytest", *(arguments or ON_BOTH_CORES)), IN_TESTS | owner)
    if arguments:
        return (await _outcome(tests, environment, is_shown=True)).code
    begun = time.monotonic()
    shown, beside = await asyncio.gather(
        _outcome(tests, environment, is_shown=True), _one_by_one(STATIC, environment)
    )
    outcomes = [*beside, shown]
    _report(outcomes, time.monotonic() - begun)
    return int(any(outcome.code for outcome in outcomes))


async def _one_by_one(checks: Sequence[Check], environment: Mapping[str, str]) -> list[Outcome]:
    return [await _outcome(check, environment, is_shown=False) for check in checks]


async def _outcome(check: Check, environment: Mapping[str, str], *, is_shown: bool) -> Outcome:
    begun = time.monotonic()
    name, *arguments = check.command
    process = await asyncio.create_subprocess_exec(
        VENV / "bin" / name,
        *arguments,
        cwd=CHECKOUT,
        env={**environment, **check.environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=None if is_shown else asyncio.subprocess.PIPE,
        stderr=None if is_shown else asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    code = await process.wait()
    return Outcome(check, code, time.monotonic() - begun, (output or b"").decode())


def _report(outcomes: Sequence[Outcome], seconds: float) -> None:
    lines = [
        f"\n──── {outcome.check.name}\n{outcome.output}"
        for outcome in outcomes
        if outcome.code and outcome.output
    ]
    lines.append("")
    for outcome in outcomes:
        verdict = "FAILED" if outcome.code else "passed"
        lines.append(f"  {outcome.check.name:<16}{outcome.seconds:>7.1f} s  {verdict}")
    failed = sum(outcome.code != 0 for outcome in outcomes)
    lines.append(f"  {'together':<16}{seconds:>7.1f} s")
    lines.append(f"{len(outcomes) - failed} passed, {failed} failed")
    sys.stdout.write("\n".join([*lines, ""]))
    sys.stdout.flush()
