"""The parts that a component is made of by default (domain.md §2)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, slots=True)
class PartPlan:
    """One part: its weight inside the component, and what it stands on (see grading.models.Part)."""

    name: str
    weight: Decimal
    deliverable_kind: str = ""
    role: str = ""
    scoring: str = "award"
    is_individual: bool = False


def _part(
    name: str, weight: int, kind: str = "", *, role: str = "", scoring: str = "award"
) -> PartPlan:
    return PartPlan(
        name=name, weight=Decimal(weight), deliverable_kind=kind, role=role, scoring=scoring
    )


def _own(name: str, weight: int, kind: str = "", *, scoring: str) -> PartPlan:
    return PartPlan(
        name=name,
        weight=Decimal(weight),
        deliverable_kind=kind,
        scoring=scoring,
        is_individual=True,
    )


DEFAULT_WEIGHTS: Final = {
    "Participation": Decimal(15),
    "Paper presentation & discussion": Decimal(15),
    "Paper summary": Decimal(10),
    "Project proposal": Decimal(5),
    "Mid-semester presentation": Decimal(10),
    "Final presentation": Decimal(10),
    "Final report": Decimal(35),
}

# What a picture prints where the whole name has no room.
SHORT_NAMES: Final = {
    "Paper presentation & discussion": "Paper talk",
    "Paper summary": "Summary",
    "Project proposal": "Proposal",
    "Mid-semester presentation": "Mid-semester",
    "Final presentation": "Final talk",
    "Final report": "Report and code",
}

DEFAULT_PARTS: Final = {
    "Participation": (
        _own("questions", 60, "question", scoring="completion"),
        _own("attendance", 40, scoring="attendance"),
        _own("contribution", 0, scoring="observed"),
    ),
    "Paper presentation & discussion": (
        _part("talk", 80, "slides", scoring="observed"),
        _part("slides on time", 10, "slides"),
        _part("final slides", 10, "final_slides"),
    ),
    "Paper summary": (
        _part("as authors", 50, "summary", role="authors"),
        _part("as reviewers", 50, "summary", role="reviewers"),
    ),
    "Project proposal": (_part("proposal", 100, "proposal"),),
    "Mid-semester presentation": (
        _part("talk", 100, "midterm", scoring="observed"),
        _part("slides", 0, "midterm"),
    ),
    "Final presentation": (
        _part("talk or poster", 100, "final", scoring="observed"),
        _part("slides or poster", 0, "final"),
    ),
    "Final report": (_part("report", 90, "report"), _part("code", 10, "code")),
}
