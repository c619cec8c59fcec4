"""Every way in but uploads, each as one call that hands in at an instant and tells how it was refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from courseapp.course.models import Enrollment, Role
from courseapp.kernel import clock
from courseapp.kernel.decisions import Denied, Refused
from submissions.models import Deliverable, Door
from submissions.selectors.places import place_of_owner
from submissions.services import cutting
from submissions.services.appending import HandIn, bring_in
from submissions.services.drafting import save_draft
from submissions.services.handing_in import keep_file
from submissions.services.handing_in_for import ForOwner, hand_in_for
from submissions.services.writing import hand_in_text
from tests.doors import (
    PPTX,
    TEXT,
    a_file,
    ask,
    browser,
    hand_in_file,
    post_file,
    post_questions,
)
from tests.factories import actor, enroll
from tests.submissions.boundary import CLOSED
from tests.submissions.scenes import Scene

TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
CONTENT = PPTX + b" that come in pieces"
OTHER_TEXT = "And why does it miss where nothing is shared at all?"
SUMMARY = "The problem is caches. " * 40
OTHER = PPTX + b" that come in piezes"


@dataclass(frozen=True)
class Attempt:
    """One hand-in: by whom, for what, and the instants that matter."""

    scene: Scene
    person: Enrollment
    deliverable: Deliverable
    due_at: datetime
    shift: timedelta

    @property
    def at(self) -> datetime:
        """Return the due instant, shifted."""
        return self.due_at + self.shift


Answer = Denied | None
Way = Callable[[Attempt], Answer]


def refusal(call: Callable[[], Any]) -> Answer:
    """Return why something was refused, None where it was done."""
    try:
        call()
    except Refused as refused:
        return refused.denied
    return None


def answered(response: Any) -> Answer:
    """Return the refusal that a script was answered with."""
    said = response.json() if response.status_code >= 400 else {}
    return Denied(**said) if said else None


def page_answered(response: Any) -> Answer:
    """Return the refusal that a page tells: of those that can come here there is one."""
    is_closed = "An instructor can open it for you." in response.content.decode()
    assert is_closed or response.status_code < 400
    return Denied(CLOSED, "said on the page") if is_closed else None


# -- forms ---------------------------------------------------------------------------------------


def question_by_service(attempt: Attempt) -> Answer:
    said = ask(attempt.person, attempt.deliverable, at=attempt.at)
    return said if isinstance(said, Denied) else None


def question_by_page(attempt: Attempt) -> Answer:
    return page_answered(post_questions(attempt.person, {attempt.deliverable: TEXT}, at=attempt.at))


def file_by_service(attempt: Attempt) -> Answer:
    return refusal(
        partial(hand_in_file, attempt.person, attempt.deliverable, CONTENT, at=attempt.at)
    )


def file_by_page(attempt: Attempt) -> Answer:
    return page_answered(post_file(attempt.person, attempt.deliverable, CONTENT, at=attempt.at))


def file_by_staff(attempt: Attempt) -> Answer:
    wish = ForOwner(
        deliverable_id=attempt.deliverable.pk,
        enrollment_id=None,
        group_id=attempt.scene.presenting.pk,
        reason="It came by mail.",
        upload=a_file(CONTENT),
    )
    return refusal(
        partial(hand_in_for, actor=actor(an_instructor(attempt)), wish=wish, received_at=attempt.at)
    )


def file_by_admin(attempt: Attempt) -> Answer:
    said = {
        "deliverable": attempt.deliverable.pk,
        "group": attempt.scene.presenting.pk,
        "enrollment": "",
        "text": "",
        "reason": "It came by mail.",
        "file": a_file(CONTENT),
    }
    with clock.standing_at(attempt.at):
        return page_answered(
            browser(an_instructor(attempt)).post("/admin/submissions/submission/add/", said)
        )


def file_from_elsewhere(attempt: Attempt) -> Answer:
    place = place_of_owner(
        attempt.scene.course,
        now=attempt.at,
        deliverable_id=attempt.deliverable.pk,
        owner=(None, attempt.scene.presenting.pk),
    )
    assert place is not None
    content = keep_file(place, a_file(CONTENT))
    hand_in = HandIn(content=content, door=Door.IMPORT, received_at=attempt.at)
    return refusal(partial(bring_in, place=place, hand_in=hand_in, by=an_instructor(attempt)))


def an_instructor(attempt: Attempt) -> Enrollment:
    return enroll(attempt.scene.course, Role.INSTRUCTOR)


# -- what is typed ---------------------------------------------------------------------------------


def summary_by_service(attempt: Attempt) -> Answer:
    return refusal(partial(save, attempt, SUMMARY, at=attempt.at))


def save(attempt: Attempt, text: str, *, at: datetime) -> Any:
    return hand_in_text(
        actor=actor(attempt.person),
        deliverable_id=attempt.deliverable.pk,
        text=text,
        received_at=at,
    )


def summary_by_page(attempt: Attempt) -> Answer:
    with clock.standing_at(attempt.at):
        return page_answered(
            browser(attempt.person).post(address(attempt, "write"), {"text": SUMMARY})
        )


def address(attempt: Attempt, ending: str) -> str:
    return f"/c/{attempt.scene.course.slug}/hand-in/{attempt.deliverable.pk}/{ending}/"


def draft_that_rests(attempt: Attempt) -> Answer:
    denied = refusal(partial(type_in, attempt, TEXT, at=attempt.at))
    cutting.sweep(now=attempt.at + 2 * MINUTE)
    return denied


def type_in(attempt: Attempt, text: str, *, at: datetime, revision: int = 0) -> Any:
    return save_draft(
        actor=actor(attempt.person),
        deliverable_id=attempt.deliverable.pk,
        text=text,
        revision=revision,
        received_at=at,
    )


def draft_by_address(attempt: Attempt) -> Answer:
    with clock.standing_at(attempt.at):
        denied = answered(
            browser(attempt.person).post(address(attempt, "draft"), {"text": TEXT, "revision": "0"})
        )
    cutting.sweep(now=max(attempt.at, attempt.due_at))
    # What came a microsecond later rests two minutes first.
    cutting.sweep(now=attempt.at + 2 * MINUTE)
    return denied


def draft_then(go_on: Callable[[Attempt], Any]) -> Way:
    """Type something an hour before, then go on at the instant, and let what is left be cut."""

    def way(attempt: Attempt) -> Answer:
        type_in(attempt, TEXT, at=attempt.due_at - HOUR)
        refusal(partial(go_on, attempt))
        cutting.sweep(now=attempt.at + 2 * MINUTE)
        return None

    return way
