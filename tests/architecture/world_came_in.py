"""Archives and final slides of a furnished course, and what people send to their pages."""

from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile

from courseapp.course.models import Enrollment
from courseapp.kernel import files
from schedule.models import Lecture
from submissions.models import Archive, Deliverable
from submissions.services.handing_in import hand_in_file
from submissions.services.holding import keep_off
from tests.factories import actor

PPTX = b"PK\x03\x04" + bytes(26)


def furnish_came_in(
    people: dict[str, Enrollment], presented: Lecture, elsewhere: Lecture, *, at: datetime
) -> dict[str, dict[str, Any]]:
    """Let two groups hand in final slides, one of them kept off, and archives be packed and asked for."""
    taught_by = people["ta"]
    final = _hand_in(people["owner"], presented, at=at)
    kept_off = _hand_in(people["classmate"], elsewhere, at=at)
    keep_off(actor=actor(taught_by), submission_id=kept_off, reason="A wrong file.", now=at)
    made = {"course": presented.course, "asked_by": taught_by, "asked_at": at}
    packed = Archive.objects.create(
        state="done", file_key=files.keep_passing([b"PK"]).key, finished_at=at, size=2, **made
    )
    packing = Archive.objects.create(state="running", heard_from_at=at, kind="slides", **made)
    return {
        "final": {"submission_id": final},
        "kept_off": {"submission_id": kept_off},
        "packed": {"archive_id": packed.pk},
        "packing": {"archive_id": packing.pk},
    }


def _hand_in(person: Enrollment, lecture: Lecture, *, at: datetime) -> int:
    place = Deliverable.objects.get(lecture=lecture, kind="final_slides")
    receipt = hand_in_file(
        actor=actor(person),
        deliverable_id=place.pk,
        upload=ContentFile(PPTX, name="final.pptx"),
        received_at=at,
        idempotency_key="",
    )
    return receipt.version.submission_id


def came_in_forms() -> dict[str, dict[str, Any]]:
    """Return what a person of good will would send to the pages of what came in."""
    return {"keep-slides-off": {"reason": "Names of patients on page 3."}}
