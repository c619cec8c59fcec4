"""What the headings of a roster mean, by one table; case, spacing and hyphens do not matter."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from courseapp.term.formats.names import Vocabulary, folded


class Column(StrEnum):
    """What a column holds. Ids stand in the order in which a course would take them for its own."""

    STUDENT_ID = "student_id"
    SIS_ID = "sis_id"
    LOGIN = "login"
    SYSTEM_ID = "system_id"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    SECTION = "section"
    STATUS = "status"


IDS: Final = (Column.STUDENT_ID, Column.SIS_ID, Column.LOGIN, Column.SYSTEM_ID)
NAMES: Final = (Column.NAME, Column.FIRST_NAME, Column.LAST_NAME)

HEADINGS: Final = Vocabulary(
    {
        "student_id": Column.STUDENT_ID,
        "Student ID": Column.STUDENT_ID,
        "Student number": Column.STUDENT_ID,
        "Banner ID": Column.STUDENT_ID,
        "University ID": Column.STUDENT_ID,
        "UIN": Column.STUDENT_ID,
        "SIS User ID": Column.SIS_ID,
        "SIS ID": Column.SIS_ID,
        "SIS Login ID": Column.LOGIN,
        "NetID": Column.LOGIN,
        "Login": Column.LOGIN,
        "Login ID": Column.LOGIN,
        "Username": Column.LOGIN,
        "User name": Column.LOGIN,
        "ID": Column.SYSTEM_ID,
        "name": Column.NAME,
        "Student": Column.NAME,
        "Student Name": Column.NAME,
        "Full Name": Column.NAME,
        "Display Name": Column.NAME,
        "First Name": Column.FIRST_NAME,
        "Given Name": Column.FIRST_NAME,
        "Last Name": Column.LAST_NAME,
        "Family Name": Column.LAST_NAME,
        "Surname": Column.LAST_NAME,
        "email": Column.EMAIL,
        "Email Address": Column.EMAIL,
        "Student Email": Column.EMAIL,
        "Preferred Email": Column.EMAIL,
        "Mail": Column.EMAIL,
        "section": Column.SECTION,
        "Sections": Column.SECTION,
        "Section Number": Column.SECTION,
        "Registration Status": Column.STATUS,
        "Reg Status": Column.STATUS,
        "Enrollment Status": Column.STATUS,
        "Status": Column.STATUS,
    }
)
# In a Banner export the plain "ID" is the university's own; in Canvas's it counts Canvas's users.
CANVAS_ONLY: Final = frozenset({"sisuserid", "sisloginid"})


def columns_of(cells: Sequence[str]) -> dict[Column, list[int]]:
    """Return where each kind of column stands in a line of headings."""
    found: dict[Column, list[int]] = {}
    is_canvas = CANVAS_ONLY & {folded(cell) for cell in cells}
    for index, cell in enumerate(cells):
        column = HEADINGS.find(cell) if cell.strip() else None
        if column is Column.SYSTEM_ID and not is_canvas:
            column = Column.STUDENT_ID
        if column is not None:
            found.setdefault(column, []).append(index)
    return found


def is_heading(cells: Sequence[str]) -> bool:
    """Whether a line can be the headings: it names an id or an address, and something besides."""
    found = columns_of(cells)
    names_someone = any(column in found for column in (*IDS, Column.EMAIL))
    return names_someone and len(found) >= 2
