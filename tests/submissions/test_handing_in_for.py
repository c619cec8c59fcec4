"""Staff hand in for an owner: judged as any other, told to the owners, with the reason, never for oneself."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from courseapp.course.models import Course, Enrollment
from courseapp.kernel import clock, files
from courseapp.kernel.decisions import Refused
from courseapp.kernel.models import OutboxMail
from submissions.deadlines import Kind
from submissions.models import Door, KindSettings, SubmissionVersion
from submissions.services.handing_in_for import ForOwner, hand_in_for
from tests.doors import PPTX, TEXT, a_file, browser, hand_in_file, versions
from tests.factories import actor, enroll, make_course
from tests.submissions.scenes import SLIDES_DUE, Scene, a_lecture

pytestmark = pytest.mark.django_db
EARLY = SLIDES_DUE - timedelta(days=1)
TICK = timedelta(microseconds=1)


@pytest.fixture
def scene() -> Scene:
    return a_lecture()


def wish(scene: Scene, **other: Any) -> ForOwner:
    usual: dict[str, Any] = {
        "deliverable_id": scene.due(Kind.SLIDES).pk,
        "enrollment_id": None,
        "group_id": scene.presenting.pk,
        "reason": "It came by mail.",
    }
    if "text" not in other:
        usual["upload"] = a_file()
    return ForOwner(**{**usual, **other})


def do(person: Enrollment, wanted: ForOwner, *, at: datetime = EARLY) -> Any:
    return hand_in_for(actor=actor(person), wish=wanted, received_at=at)


def refused(person: Enrollment, wanted: ForOwner, *, at: datetime = EARLY) -> str:
    with pytest.raises(Refused) as caught:
        do(person, wanted, at=at)
    assert not SubmissionVersion.objects.filter(door=Door.ADMIN).exists()
    return caught.value.denied.code


def test_a_ta_hands_in_for_a_group(scene: Scene) -> None:
    ta = enroll(scene.course, "ta")
    receipt = do(ta, wish(scene))

    [version] = versions()
    assert receipt.is_on_time
    assert (version.door, version.reason) == (Door.ADMIN, "It came by mail.")
    assert (version.handed_in_by, version.received_at) == (ta, EARLY)
    assert version.submission.group == scene.presenting
    members = {member.enrollment for member in version.members.all()}
    assert members == set(scene.presenters)
    mails = OutboxMail.objects.filter(kind="submissions/receipt")
    assert set(mails.values_list("recipient", flat=True)) == {one.email for one in members}
    assert f"by {ta.name}.\n\nWhy they handed it in for you: It came by mail.\n" in mails[0].text


def test_what_is_there_already_is_not_kept_a_second_time_for_staff_either(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        receipts = [do(enroll(scene.course, "ta"), wish(scene)) for _ in range(2)]
    assert [receipt.is_new for receipt in receipts] == [True, False]
    assert [key for key, _ in files.kept_sizes()] == [receipts[0].version.file_key]


def test_a_question_is_handed_in_for_a_student(scene: Scene) -> None:
    ta = enroll(scene.course, "ta")
    question = scene.due(Kind.QUESTION)
    wanted = wish(
        scene,
        deliverable_id=question.pk,
        group_id=None,
        enrollment_id=scene.listener.pk,
        text=f"  {TEXT}\r\n",
    )
    do(ta, wanted)
    [version] = versions()
    assert (version.text, version.submission.enrollment) == (TEXT, scene.listener)
    assert [member.enrollment for member in version.members.all()] == [scene.listener]


@pytest.mark.parametrize(("after", "is_on_time"), [(-TICK, True), (0 * TICK, True), (TICK, False)])
def test_it_is_late_as_any_other(scene: Scene, after: timedelta, is_on_time: bool) -> None:
    receipt = do(enroll(scene.course, "instructor"), wish(scene), at=SLIDES_DUE + after)
    assert receipt.is_on_time == is_on_time


def test_it_is_refused_late_where_late_work_is(scene: Scene) -> None:
    KindSettings.objects.create(course=scene.course, kind="slides", late_policy="closed")
    instructor = enroll(scene.course, "instructor")
    assert refused(instructor, wish(scene), at=SLIDES_DUE + TICK) == "closed"
    assert do(instructor, wish(scene), at=SLIDES_DUE).is_on_time


def test_it_follows_what_the_owner_handed_in(scene: Scene) -> None:
    hand_in_file(scene.presenters[0], scene.due(Kind.SLIDES), PPTX, at=EARLY)
    ta = enroll(scene.course, "ta")
    assert not do(ta, wish(scene), at=EARLY + TICK).is_new
    second = do(ta, wish(scene, upload=a_file(PPTX + b"2")), at=EARLY + TICK)
    assert (second.is_new, second.version.number) == (True, 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "  "}, "reason_missing"),
        ({"group_id": None}, "one_owner"),
        ({"enrollment_id": 1}, "one_owner"),
        ({"upload": None}, "one_content"),
        ({"upload": a_file(), "text": TEXT}, "one_content"),
        ({"upload": a_file(b"")}, "empty"),
        ({"upload": a_file(name="talk.exe")}, "wrong_ending"),
        ({"deliverable_id": 0}, "not_owed"),
    ],
)
def test_what_cannot_be_taken_is_refused(scene: Scene, change: Any, code: str) -> None:
    assert refused(enroll(scene.course, "ta"), wish(scene, **change)) == code


def test_who_does_not_owe_it_cannot_be_handed_in_for(scene: Scene) -> None:
    ta = enroll(scene.course, "ta")
    assert refused(ta, wish(scene, group_id=scene.writing.pk)) == "not_owed"


def test_students_and_strangers_do_not_hand_in_for_others(scene: Scene) -> None:
    assert refused(scene.listener, wish(scene)) == "not_found"
    assert refused(enroll(make_course(), "instructor"), wish(scene)) == "not_owed"


def test_nobody_does_it_for_their_own_group(scene: Scene) -> None:
    person = scene.presenters[0]
    person.extra_permissions = ["read_all_work"]
    person.save()
    assert refused(person, wish(scene)) == "own_work"


def test_only_a_course_that_runs_takes_it(scene: Scene) -> None:
    ta = enroll(scene.course, "ta")
    Course.objects.update(state="finished")
    assert refused(ta, wish(scene)) == "finished"


# -- the admin -----------------------------------------------------------------------------------


def post(person: Enrollment, scene: Scene, *, at: datetime = EARLY, **other: Any) -> Any:
    form = {
        "deliverable": scene.due(Kind.SLIDES).pk,
        "group": scene.presenting.pk,
        "file": a_file(),
        "reason": "It came by mail.",
        **other,
    }
    with clock.standing_at(at):
        return browser(person).post("/admin/submissions/submission/add/", form, follow=True)


def test_the_admin_takes_it_at_the_instant_of_the_request(scene: Scene) -> None:
    response = post(enroll(scene.course, "ta"), scene, at=SLIDES_DUE)
    assert response.redirect_chain == [("/admin/submissions/submission/", 302)]
    [version] = versions()
    assert version.received_at == SLIDES_DUE
    assert f"receipt {version.receipt_code}" in response.content.decode()


def test_the_admin_takes_a_second_version_of_the_same_owner(scene: Scene) -> None:
    ta = enroll(scene.course, "ta")
    for content in (PPTX, PPTX + b"2"):
        assert "its owners are told" in post(ta, scene, file=a_file(content)).content.decode()
    assert [version.number for version in versions()] == [1, 2]


def test_the_admin_says_what_to_change(scene: Scene) -> None:
    ta = enroll(scene.course, "ta")
    page = post(ta, scene, group=scene.writing.pk).content.decode()
    assert "They do not owe this." in page
    assert "This field is required." in post(ta, scene, reason="").content.decode()
    assert "They do not owe this." not in post(ta, scene).content.decode()
    assert len(versions()) == 1


@pytest.mark.parametrize(
    "model", ["submission", "submissionversion", "textdraft", "upload", "versioncheck"]
)
def test_the_admin_lists_what_came_in_for_the_staff_of_its_course_only(
    scene: Scene, model: str
) -> None:
    ta = enroll(scene.course, "ta")
    post(ta, scene)
    path = f"/admin/submissions/{model}/"
    shown = browser(ta).get(path).content.decode()
    elsewhere = browser(enroll(make_course(), "ta")).get(path).content.decode()
    count = {"textdraft": 0, "upload": 0}.get(model, 1)
    assert shown.count('class="field-') > 0 or not count
    assert "0 " in elsewhere
    assert 'class="field-' not in elsewhere


def test_staff_find_both_ways_on_the_page_where_it_is_handed_in(scene: Scene) -> None:
    slides = scene.due(Kind.SLIDES)
    path = f"/c/{scene.course.slug}/hand-in/{slides.pk}/"
    into_admin = f"/admin/submissions/submission/add/?deliverable={slides.pk}"
    more_time = f"acts/extend_deadline/?deliverable={slides.pk}"
    seen = {
        role: browser(enroll(scene.course, role)).get(path).content.decode()
        for role in ("instructor", "ta")
    }
    student = browser(scene.presenters[0]).get(path).content.decode()
    assert [into_admin in page for page in (*seen.values(), student)] == [True, True, False]
    assert [more_time in page for page in (*seen.values(), student)] == [True, False, False]
    form = browser(enroll(scene.course, "ta")).get(into_admin).content.decode()
    assert "Hand in for an owner" in form
    assert f'value="{slides.pk}"' in form
