"""grading.csv: the components of the grade and their weights."""

from decimal import Decimal

from courseapp.term.formats.cells import Cells
from courseapp.term.formats.problems import Severity, quoted
from courseapp.term.formats.repeats import Repeats
from courseapp.term.formats.rows import ComponentWeight, GradingRow
from courseapp.term.formats.sources import Sources

FULL_WEIGHT = Decimal(100)


def read_grading(sources: Sources) -> tuple[GradingRow, ...]:
    """The weights, which add up to exactly 100 (in each track, where the file has tracks)."""
    repeats = Repeats()
    grading: list[GradingRow] = []
    has_every_weight = sources.is_whole("grading.csv")
    for row in sources.rows("grading.csv"):
        component = _component(row, sources)
        grading.append(component)
        has_every_weight = has_every_weight and row.is_read("weight")
        for part in component.weights:
            if first := repeats.seen(row, (component.track, part.component)):
                message = f"{quoted(part.component)} has its weight in row {first} already."
                row.error("component", "duplicate_component", message)
    if has_every_weight:
        _check_sums(sources, grading)
    return tuple(grading)


def _component(row: Cells, sources: Sources) -> GradingRow:
    weight = row.weight("weight")
    shares = row.name("component", sources.names.components, stand_in=())
    return GradingRow(
        line=row.line,
        cells=row.cells,
        name=row.text("component"),
        weight=weight,
        track=row.text("track"),
        weights=tuple(ComponentWeight(part.component, weight * part.share) for part in shares),
    )


def _check_sums(sources: Sources, grading: list[GradingRow]) -> None:
    for track in dict.fromkeys(row.track for row in grading):
        total = sum((row.weight for row in grading if row.track == track), Decimal(0))
        if total != FULL_WEIGHT:
            of_track = f" of track {quoted(track)}" if track else ""
            message = f"The weights{of_track} add up to {total:f}; expected exactly 100."
            sources.report_file(
                "grading.csv", code="weights_sum", message=message, severity=Severity.ERROR
            )
