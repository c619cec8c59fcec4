"""Records that the admin shows, and what groups ask of one another, in the world of the matrix."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from courseapp.course.models import Enrollment
from groups.models import Group, InterestsLine, Invitation, JoinLink, JoinRequest
from schedule.models import GroupRole, Lecture, Milestone, OtherPresenter, Preference
from submissions.models import Submission, SubmissionVersion, TextDraft, Upload, UploadOutcome


def records_of_schedule(
    lecture: Lecture, group: Group, *, at: datetime
) -> dict[str, dict[str, Any]]:
    """Return one record of each kind of the schedule, as the admin shows them."""
    guest = OtherPresenter.objects.create(
        lecture=lecture, role=GroupRole.REVIEWERS, kind="guest", name="Gus Guest"
    )
    wish = Preference.objects.create(group=group, lecture=lecture, rank=1, ranked_at=at)
    records = {
        "lecture_record": lecture,
        "reading_record": lecture.readings.get(),
        "step_record": Milestone.objects.filter(course=lecture.course)[0],
        "guest_record": guest,
        "role_record": lecture.role_assignments.earliest("pk"),
        "preference_record": wish,
    }
    return {name: {"object_id": record.pk} for name, record in records.items()}


def records_of_work(version: SubmissionVersion, *, at: datetime) -> dict[str, dict[str, Any]]:
    """Return one record of each kind of what comes in, as the admin shows them."""
    work, by = version.submission, version.handed_in_by
    instants: Any = {"begun_at": at, "last_received_at": at, "ended_at": at}
    upload = Upload.objects.create(
        code=f"{version.pk:032}",
        deliverable=work.deliverable,
        begun_by=by,
        file_name="talk.pptx",
        length=9,
        staging_key="gone",
        outcome=UploadOutcome.ABANDONED,
        **instants,
    )
    typed = Submission.objects.get(
        deliverable__kind="question", deliverable__course=work.deliverable.course
    )
    draft, _ = TextDraft.objects.get_or_create(
        submission=typed,
        defaults={
            "received_at": at,
            "written_by": by,
            "settled_at": at,
            "receipted_at": at,
        },
    )
    records = {
        "submission_record": work,
        "draft_record": draft,
        "upload_record": upload,
        "check_record": version.check_of_file,
    }
    return {name: {"object_id": record.pk} for name, record in records.items()}


def form_groups_of(
    people: Mapping[str, Enrollment], group: Group, *, at: datetime
) -> dict[str, dict[str, Any]]:
    """Let a group invite a person, be asked by another, and have a link."""
    between = {"group": group, "made_at": at}
    owner, classmate = people["owner"], people["classmate"]
    link = JoinLink.objects.create(made_by=owner, **between)
    invitation = Invitation.objects.create(enrollment=classmate, invited_by=owner, **between)
    request = JoinRequest.objects.create(enrollment=people["elsewhere"], **between)
    line = InterestsLine.objects.create(enrollment=classmate, text="Caches")
    return {
        "link": {"link_id": link.pk, "signature": link.secret},
        "sent": {"invitation_id": invitation.pk},
        "request": {"request_id": request.pk},
        "line_record": {"object_id": line.pk},
    }
