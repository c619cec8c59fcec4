"""One small schedule, as a dozen courses would write it."""

from dataclasses import dataclass, field
from typing import Any

A, B, C, D = (f"https://{name}.example/" for name in "abcd")


@dataclass(frozen=True)
class Variant:
    """A page, and the options with which it is read."""

    page: str
    options: dict[str, Any] = field(default_factory=dict)


# What every variant says: rows as (date, kind, module, [(title, required)]), roles by date.
ROWS = [
    ("2025-02-05", "lecture", [("A", True), ("B", False)]),
    ("2025-02-07", "lecture", [("C", True)]),
    ("2025-02-12", "no_class", []),
    ("2025-02-14", "lecture", [("D", True)]),
    ("2025-05-15", "deadline", []),
]
ROLES = [
    ("2025-02-05", "presenter", {"s1", "s2"}),
    ("2025-02-05", "authors", {"s3", "s4"}),
    ("2025-02-07", "presenter", {"s3", "s4"}),
    ("2025-02-07", "authors", {"s1", "s2"}),
    ("2025-02-14", "presenter", {"s1", "s2"}),
    ("2025-02-14", "authors", {"s3", "s4"}),
]

FAMILY = {
    "of reference": Variant(
        f"""\
| Date | Readings | Presenter | Companion |
| ---- | -------- | --------- | --------- |
|  | **Basics** |
| Feb 5 <br>(One) | [A]({A}) (Required)<br>[B]({B}) | s1, s2 | s3, s4 |
| Feb 7 | [C]({C}) (Required) | s3, s4 | s1, s2
| Feb 12 | **No Lecture** | | |
| Feb 14 | [D]({D}) (Required) | s1, s2 | s3, s4 |
| May 15 | **Final Report Submission Deadline** |
"""
    ),
    "without edges, aligned, with spare space": Variant(
        f"""\
Date   | Readings                              | Presenter | Companion
:----- | :-----------------------------------: | --------- | ---------:
Feb  5 | [A]({A})  (Required) <br/> [B]({B})   | s1 , s2   | s3 , s4
Feb  7 | [C]({C})  (Required)                  | s3 , s4   | s1 , s2
Feb 12 | **No  Class**                         |           |
Feb 14 | [D]({D})  (Required)                  | s1 , s2   | s3 , s4
May 15 | **Report  due**                       |           |
"""
    ),
    "other names in another order": Variant(
        f"""\
| Speaker | Summary | When | Papers |
|---|---|---|---|
| s1, s2 | s3, s4 | Feb 5 | [A]({A}) (required)<br>[B]({B}) |
| s3, s4 | s1, s2 | Feb 7 | [C]({C}) (REQUIRED) |
| | | Feb 12 | **Spring break** |
| s1, s2 | s3, s4 | Feb 14 | [D]({D}) (Required) |
| | | May 15 | **Deadline: report** |
"""
    ),
    "marked by stars, with years": Variant(
        f"""\
| Date | Readings | Presenters | Authors |
|---|---|---|---|
| 2025-02-05 | [A]({A})*<br>[B]({B}) | s1, s2 | s3, s4 |
| 2025-02-07 | *[C]({C}) | s3, s4 | s1, s2 |
| 2025-02-12 | **No meeting** | | |
| 2025-02-14 | [D*]({D}) | s1, s2 | s3, s4 |
| 2025-05-15 | **Report submission** | | |

\\* required reading
"""
    ),
    "only the optional ones marked": Variant(
        f"""\
| Date | Readings | Presenter | Companion |
|---|---|---|---|
| Wed Feb 5 | [A]({A})<br>Optional: [B]({B}) | s1, s2 | s3, s4 |
| Fri Feb 7 | [C]({C}) | s3, s4 | s1, s2 |
| Wed Feb 12 | **No class today** | | |
| Fri Feb 14 | [D]({D}) | s1, s2 | s3, s4 |
| Thu May 15 | **Report due** | | |
"""
    ),
    "marks before, inside and above the links": Variant(
        f"""\
| Date | Readings | Presenter | Companion |
|---|---|---|---|
| 5 Feb | **Required:**<br>[A]({A})<br>**Optional:**<br>[B]({B}) | s1, s2 | s3, s4 |
| 7 Feb | (Required) [C]({C}) | s3, s4 | s1, s2 |
| 12 Feb | **Holiday** | | |
| 14 Feb | [D (Required)]({D}) | s1, s2 | s3, s4 |
| 15 May | **Submit the report** | | |
"""
    ),
    "no marks at all, and one who says what that means": Variant(
        f"""\
| Date | Readings | Presenter | Companion |
|---|---|---|---|
| 2/5 | [A]({A}) | s1, s2 | s3, s4 |
| 2/7 | [C]({C}) | s3, s4 | s1, s2 |
| 2/12 | **No lecture** | | |
| 2/14 | [D]({D}) | s1, s2 | s3, s4 |
| 5/15 | **Report due** | | |
""",
        {"unmarked": "required"},
    ),
    "links around and beside the ids": Variant(
        f"""\
| Date | Readings | Presenter | Companion |
|---|---|---|---|
| Feb 5 | [A]({A}) (Required)<br>[B]({B}) | [s1, s2]({A}slides) | s3, s4 [summary]({A}sum) |
| Feb 7 | [C]({C}) (Required) | s3, s4 ([slides]({C}slides)) | [s1]({C}1), s2 |
| Feb 12 | **No lecture** | | |
| Feb 14 | [D]({D}) (Required) | [slides]({D}slides) s1, s2 | s3, s4 |
| May 15 | **Report due** | | |
"""
    ),
    "ids by lines, slashes and words, with hidden marks": Variant(
        f"""\
\ufeff| Date | Readings | Presenter | Companion |
|---|---|---|---|
| Feb 5 | [A]({A}) (Required)\u200b<br>[B]({B}) | s1<br>s2 | s3 / s4 |
| Feb 7 | [C]({C}) (Required) | s3 and s4 | s2, s1 |
| Feb 12 | **No lecture** |  |\t|
| Feb 14 | [D]({D}) (Required) | S1, S2 | s4, s3 |
| May 15 | **Report due** | TBD | - |
"""
    ),
    "numbered weeks and topics in a column": Variant(
        f"""\
| Date | Topic | Readings | Presenter | Companion | Room |
|---|---|---|---|---|---|
| Week 3: Feb 5 | One | [A]({A}) (Required)<br>[B]({B}) | s1, s2 | s3, s4 | 1404 |
| Feb 7 | Two | [C]({C}) (Required) | s3, s4 | s1, s2 | 1404 |
| Feb 12 | No lecture | | | | |
| Week 4: Feb 14 | Three | [D]({D}) (Required) | s1, s2 | s3, s4 | 1404 |
| May 15 | Report due | | | | |
""",
        {"role": "Room=nothing"},
    ),
    "lists inside the cells": Variant(
        f"""\
| Date | Reading list | Presenter | Companion |
|---|---|---|---|
| Feb. 5th | 1. [A]({A}) - required<br>2. [B]({B}) | s1; s2 | s3, s4 |
| Feb. 7th | - [C]({C}) _(required reading)_ | s3, s4 | s1, s2 |
| Feb. 12th | **No lecture** | | |
| Feb. 14th | • D [pdf]({D}) (Required) | s1, s2 | s3, s4 |
| May 15th | **Report due** | | |
""",
        {"note": "s1; s2 are two groups of one"},
    ),
    "titles bold, sections noted, other tables on the page": Variant(
        f"""\
# The course

| Component | Weight |
|---|---|
| Report | 35 |

| Date | Readings | Presenter | Companion |
|---|---|---|---|
| Feb 5 | **[A]({A})** (Sec 1-3, Required)<br>[B]({B}) (Ch. 2) | s1, s2 | s3, s4 |
| Feb 7 | **[C]({C})** (Required; §4) | s3, s4 | s1, s2 |
| Feb 12 | **Cancelled** | | |
| Feb 14 | **[D]({D})** (Required) | s1, s2 | s3, s4 |
| May 15 | **Report due** | | |

| Date | Milestone |
|---|---|
| May 15 | Report |
"""
    ),
}
