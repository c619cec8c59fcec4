"""The folder of CSV files that a course comes in and goes out as (domain.md §12).

Plain Python: bytes in, frozen rows and problems out, and back to bytes without loss. Writes nothing
and knows no database.
"""

from courseapp.term.formats.folder import FILE_NAMES, read_folder, write_folder
from courseapp.term.formats.names import (
    DEFAULT_NAMES,
    Component,
    LectureKind,
    MilestoneKind,
    Names,
    PresenterKind,
    Role,
    Share,
    StaffRole,
    Vocabulary,
)
from courseapp.term.formats.problems import Problem, Severity, has_errors
from courseapp.term.formats.rows import (
    AssignmentRow,
    ComponentWeight,
    CourseFolder,
    CourseRow,
    GradingRow,
    KindRow,
    LectureRow,
    MemberRow,
    MilestoneRow,
    OtherPresenterRow,
    ReadingRow,
    Row,
    StaffRow,
    StudentRow,
)
from courseapp.term.formats.tables import FILES, FileSpec, write_table

__all__ = [
    "DEFAULT_NAMES",
    "FILES",
    "FILE_NAMES",
    "AssignmentRow",
    "Component",
    "ComponentWeight",
    "CourseFolder",
    "CourseRow",
    "FileSpec",
    "GradingRow",
    "KindRow",
    "LectureKind",
    "LectureRow",
    "MemberRow",
    "MilestoneKind",
    "MilestoneRow",
    "Names",
    "OtherPresenterRow",
    "PresenterKind",
    "Problem",
    "ReadingRow",
    "Role",
    "Row",
    "Severity",
    "Share",
    "StaffRole",
    "StaffRow",
    "StudentRow",
    "Vocabulary",
    "has_errors",
    "read_folder",
    "write_folder",
    "write_table",
]
