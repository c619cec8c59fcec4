"""assignments.csv and other_presenters.csv: who plays which part in which lecture."""

from courseapp.term.formats.cells import Cells
from courseapp.term.formats.names import PresenterKind, Role
from courseapp.term.formats.problems import Severity, did_you_mean, quoted
from courseapp.term.formats.repeats import Repeats
from courseapp.term.formats.rows import AssignmentRow, OtherPresenterRow
from courseapp.term.formats.sources import Sources


def read_assignments(
    sources: Sources, *, orders: frozenset[tuple[int, int]] | None
) -> tuple[AssignmentRow, ...]:
    """The groups' roles. A role can hold several groups; a group holds it once in a lecture.

    `orders` holds the (lecture position, order) of every reading; None where they are not known.
    """
    roles, duties = Repeats(), Repeats()
    assignments: list[AssignmentRow] = []
    for row in sources.rows("assignments.csv"):
        assignment = _assignment(row, sources, orders)
        assignments.append(assignment)
        if not row.is_read("lecture_date", "role", "group"):
            continue
        place = (assignment.lecture_on, assignment.lecture_position, assignment.group)
        if first := roles.seen(row, (*place, assignment.role)):
            message = f"{assignment.group} holds this role in this lecture already, by row {first}."
            row.error("group", "duplicate_assignment", message)
        elif first := duties.seen(row, place):
            message = f"{assignment.group} holds another role in this lecture too, by row {first}."
            row.warn("group", "two_roles", message)
    _check_groups_are_there(sources)
    return tuple(assignments)


def _check_groups_are_there(sources: Sources) -> None:
    if "assignments.csv" not in sources.tables or sources.is_given("groups.csv"):
        return
    message = "Add groups.csv: the roles in assignments.csv are held by groups."
    sources.report_file("groups.csv", code="missing_file", message=message, severity=Severity.ERROR)


def _assignment(
    row: Cells, sources: Sources, orders: frozenset[tuple[int, int]] | None
) -> AssignmentRow:
    lecture_on, position = sources.lecture(row)
    reading_order = row.optional_whole_number("reading_order")
    if reading_order is not None and orders is not None and (position, reading_order) not in orders:
        message = f"The lecture has no reading with the order {reading_order} in readings.csv."
        row.error("reading_order", "unknown_reading", message)
    return AssignmentRow(
        line=row.line,
        cells=row.cells,
        lecture_on=lecture_on,
        lecture_position=position,
        role=row.name("role", sources.names.roles, stand_in=Role.PRESENTER),
        group=sources.group(row, "group"),
        column=row.text("column"),
        material=row.link("material", may_be_relative=True),
        reading_order=reading_order,
    )


def read_other_presenters(sources: Sources) -> tuple[OtherPresenterRow, ...]:
    """Staff, guests and single students who hold a role instead of a group."""
    repeats = Repeats()
    presenters: list[OtherPresenterRow] = []
    for row in sources.rows("other_presenters.csv"):
        presenter = _other_presenter(row, sources)
        presenters.append(presenter)
        if not row.is_read("lecture_date", "role", "name"):
            continue
        place = (presenter.lecture_on, presenter.lecture_position)
        if first := repeats.seen(row, (*place, presenter.role, presenter.name.casefold())):
            message = f"{presenter.name} holds this role in this lecture already, by row {first}."
            row.error("name", "duplicate_assignment", message)
    return tuple(presenters)


def _other_presenter(row: Cells, sources: Sources) -> OtherPresenterRow:
    lecture_on, position = sources.lecture(row)
    kind = row.name("kind", sources.names.presenter_kinds, stand_in=PresenterKind.GUEST)
    return OtherPresenterRow(
        line=row.line,
        cells=row.cells,
        lecture_on=lecture_on,
        lecture_position=position,
        role=row.name("role", sources.names.roles, stand_in=Role.PRESENTER),
        kind=kind,
        name=_presenter_name(row, sources, kind),
        material=row.link("material", may_be_relative=True),
    )


def _presenter_name(row: Cells, sources: Sources, kind: PresenterKind) -> str:
    if kind is PresenterKind.STUDENT:
        return sources.student(row, "name")
    name = row.required_text("name")
    known = sources.staff_names
    if kind is PresenterKind.STAFF and name and known is not None and name not in known:
        message = f"{quoted(name)} is not in staff.csv.{did_you_mean(name, known)}"
        row.warn("name", "unknown_staff", message)
    return name
