"""People who type, and texts to be typed."""

from datetime import datetime, timedelta
from typing import Any

from courseapp.course.models import Enrollment, EnrollmentState
from submissions.models import Deliverable
from submissions.services.drafting import save_draft
from tests.doors import TEXT
from tests.factories import LECTURE_AT, actor
from tests.submissions.scenes import Scene

TICK = timedelta(microseconds=1)
EARLY = LECTURE_AT - timedelta(hours=1)
OTHER = "Which of the three assumptions would break first, and why?"
SUMMARY = "## The hypothesis\n\n" + "Batching pays while the cache holds. " * 10


def typed(
    person: Enrollment, place: Deliverable, text: str = TEXT, *, at: datetime, on: int = 0
) -> Any:
    return save_draft(
        actor=actor(person), deliverable_id=place.pk, text=text, revision=on, received_at=at
    )


def dropped(scene: Scene) -> None:
    left = {"state": EnrollmentState.DROPPED, "dropped_at": LECTURE_AT - TICK}
    Enrollment.objects.filter(pk=scene.listener.pk).update(**left)
