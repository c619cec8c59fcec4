"""What the styleguide shows: each component with invented content."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms

from courseapp.pages.timeline import Mark, term_of
from grading.selectors.standing import Segment
from schedule.selectors import Part
from submissions.selectors.places import ReceiptLine


@dataclass(frozen=True)
class SpecimenCourse:
    """As much of a course as the frame needs."""

    slug: str = "styleguide"
    code: str = "Styleguide"
    title: str = "every component once"
    timezone: str = "America/Chicago"
    accent: str = "petrol"


@dataclass(frozen=True)
class SpecimenReading:
    """As much of a reading as a list needs."""

    title: str
    url: str
    is_required: bool
    sections: str = ""


class SpecimenForm(forms.Form):
    """One field of each sort, two of them wrong."""

    title = forms.CharField(
        initial="Prefix caching across tenants", help_text="As in the programme."
    )
    address = forms.EmailField(label="Address of the fifth member")
    lecture = forms.ChoiceField(choices=[("1", "Model Parallelism"), ("2", "KV Cache")])
    comment = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    remind = forms.BooleanField(label="Remind me 24 hours before", required=False)
    decision = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("yes", "Approve"), ("no", "Send back")]
    )


def specimens(*, now: datetime) -> dict[str, Any]:
    """Return the styleguide's context."""
    sent = {"title": "Prefix caching", "address": "yuna@example", "lecture": "1"}
    return {
        "course": SpecimenCourse(),
        "now": now,
        "instants": [
            now + timedelta(days=2, hours=3),
            now + timedelta(hours=3),
            now - timedelta(days=4),
        ],
        "states": [
            ("Handed in", "ok"),
            ("Draft, 340 words", "draft"),
            ("Nothing yet", ""),
            ("Changes requested", "warn"),
            ("Late, no credit", "bad"),
            ("Closed", "lock"),
        ],
        "form": SpecimenForm(sent),
        "receipt": _receipt(now),
        "roles": [
            Part("presenter", "Presents", "Group 2", is_mine=False),
            Part("authors", "Authors", "Group 3", is_mine=False),
            Part("reviewers", "Reviews", "Group 7", is_mine=True),
        ],
        "readings": [
            SpecimenReading(
                "A required paper",
                "https://example.org/1",
                is_required=True,
                sections="Sec 3.1-3.2",
            ),
            SpecimenReading("An optional one", "https://example.org/2", is_required=False),
        ],
        "figures": [
            {"label": "Owed", "value": "19"},
            {"label": "In", "value": "12", "note": "of 19"},
        ],
        "segments": _segments(),
        "term": _term(now.date()),
    }


def _receipt(now: datetime) -> ReceiptLine:
    return ReceiptLine(
        version_id=1,
        version_number=2,
        number="7c9f2b41a0de55d3a1b2c3d4",
        sha256="e0d2747b9ab7abb6eb65e0373fa1b428a28bd6d8a2380106dcc080f58005ee14",
        size=4_300_000,
        received_at=now - timedelta(hours=2),
        by_name="Idris Falk",
        is_late=False,
        is_counting=True,
        file_name="proposal.pdf",
    )


def _segments() -> list[Segment]:
    shares = [("Reading", 40, 22, 3), ("Project", 60, 0, 0)]
    segments, x = [], Decimal(0)
    for label, weight, got, lost in shares:
        segments.append(
            Segment(
                label=label,
                value=f"{got} of {weight}",
                weight=str(weight),
                x=x,
                width=Decimal(weight) - Decimal("0.35"),
                got=Decimal(got),
                lost_x=x + got,
                lost=Decimal(lost),
            )
        )
        x += weight
    return segments


def _term(today: date) -> object:
    first = today - timedelta(days=30)
    meetings = [(first + timedelta(days=day), day % 35 == 0) for day in range(0, 100, 7)]
    marks = [
        Mark(days=(today - timedelta(days=20),), text="Authors", letter="A"),
        Mark(days=(today + timedelta(days=4),), text="Reviewers", letter="R"),
        Mark(days=(today + timedelta(days=60),), text="Report and code"),
    ]
    return term_of(meetings=meetings, marks=marks, today=today)
