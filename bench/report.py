"""The figures as people read them, and as a program does."""

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.goals import Verdict
from bench.load import Load

HEAD = ("page", "students / courses", "queries", "KB", "app ms", "Postgres ms", "F")


def table(figures: Sequence[Figure]) -> str:
    """Return a Markdown table: CPU per request, then answers a second and the two percentiles."""
    counts = sorted({load.connections for figure in figures for load in figure.loads})
    head = (*HEAD, *(f"{count}: req/s, p50, p99 ms" for count in counts))
    lines = [head, ("---", "---", *("--:" for _ in head[2:]))]
    lines += [_row(figure, counts) for figure in figures]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _row(figure: Figure, counts: Iterable[int]) -> tuple[str, ...]:
    loads = {load.connections: load for load in figure.loads}
    return (
        figure.name,
        figure.size.words if figure.size else "",
        str(figure.query_count),
        f"{figure.byte_count / 1000:.1f}" if figure.byte_count else "",
        f"{figure.app_ms:.2f}",
        f"{figure.database_ms:.2f}",
        f"{figure.ratio:.2f}" if figure.ratio else "-",
        *(_cell(loads.get(count)) for count in counts),
    )


def _cell(load: Load | None) -> str:
    if load is None:
        return "-"
    errors = f" ({load.errors} errors)" if load.errors else ""
    return f"{load.per_second:.0f}, {load.p50_ms:.1f}, {load.p99_ms:.1f}{errors}"


def failures(figures: Iterable[Figure]) -> str:
    """Say how many answers were errors: they cost little, and figures with them say nothing."""
    count = sum(load.errors for figure in figures for load in figure.loads)
    return f"answers that were errors, whose figures say nothing: {count}"


def goals(found: Iterable[Verdict]) -> str:
    """Return a line for each verdict."""
    return "\n".join(verdict.words for verdict in found)


def as_data(
    figures: Sequence[Figure], found: Sequence[Verdict], *, lost_count: int
) -> dict[str, Any]:
    """Return everything as a program reads it."""
    return {
        "machine": machine(),
        "figures": [asdict(figure) | {"cpu_ms": figure.cpu_ms} for figure in figures],
        "goals": [asdict(verdict) | {"is_met": verdict.is_met} for verdict in found],
        "lost_count": lost_count,
    }


def machine() -> str:
    """Name the kind of machine."""
    model = "unknown processor"
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                model = value.strip()
                break
    return (
        f"{os.cpu_count()} cores, {model}, {platform.system()}, Python {platform.python_version()}"
    )
