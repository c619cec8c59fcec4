"""A TA grades in Django's admin: add-only, and by the same rules as everywhere (domain.md §10)."""

from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from courseapp.course.models import Enrollment
from courseapp.kernel import clock
from grading.models import Grade
from submissions.deadlines import Kind
from tests.doors import browser
from tests.factories import START, enroll
from tests.grading.scenes import AFTER, CONTRIBUTION, TALK, Graded, a_graded_course, move
from tests.grading.test_awarding import became_ta

pytestmark = pytest.mark.django_db
ADD = "/admin/grading/grade/add/"


def talk(graded: Graded, **changes: Any) -> Any:
    """What the form sends for the presenting group's talk, with some fields changed."""
    fields = {
        "part": graded.part(TALK).pk,
        "deliverable": graded.due(Kind.SLIDES).pk,
        "group": graded.scene.presenting.pk,
        "enrollment": "",
        "points": "73.13",
        "comment": "Well argued.",
        "reason": "",
    }
    return {name: "" if value is None else value for name, value in {**fields, **changes}.items()}


def post(person: Enrollment, fields: Any) -> Any:
    with clock.standing_at(AFTER):
        return browser(person).post(ADD, fields)


def test_a_ta_adds_an_award():
    graded = a_graded_course()
    response = post(graded.ta, talk(graded))

    assert (response.status_code, response["Location"]) == (302, "/admin/grading/grade/")
    grade = Grade.objects.get()
    assert (grade.points, grade.comment) == (Decimal("73.13"), "Well argued.")
    assert (grade.group, grade.enrollment, grade.awarded_by, grade.awarded_at) == (
        graded.scene.presenting,
        None,
        graded.ta,
        AFTER,
    )


def test_two_posts_are_two_awards_and_the_form_is_prefilled_from_the_list():
    graded = a_graded_course()
    post(graded.ta, talk(graded))
    post(graded.ta, talk(graded, points="80"))
    assert Grade.objects.count() == 2

    listed = f"/c/{graded.course.slug}/grading/{graded.part(TALK).pk}/"
    with clock.standing_at(AFTER):
        page = unescape(browser(graded.ta).get(listed).content.decode())
    link = (
        f"{ADD}?part={graded.part(TALK).pk}&deliverable={graded.due(Kind.SLIDES).pk}"
        f"&group={graded.scene.presenting.pk}"
    )
    assert f'href="{link}"' in page
    form = browser(graded.ta).get(link).content.decode()
    assert f'name="group" value="{graded.scene.presenting.pk}"' in form


def bad_inputs(graded: Graded, other: Any) -> Any:
    """What a form may send wrong, each with the sentence that it must get."""
    scene = graded.scene
    student = scene.presenters[0].pk
    range_sentence = "Points for this part run from 0 to 100."
    one_owner = "Name one owner: either a group or a student."
    not_owed = "This owner does not owe this deliverable for this part."
    per_student = "This part is graded once for each student, without a deliverable."
    invalid = "Select a valid choice."
    contribution = graded.part(CONTRIBUTION).pk
    return {
        "both owners": ({"enrollment": student}, one_owner),
        "no owner": ({"group": None}, one_owner),
        "no points": ({"points": None}, "This field is required."),
        "points of a word": ({"points": "ten"}, "Enter a number."),
        "points that are no number": ({"points": "NaN"}, "Enter a number."),
        "endless points": ({"points": "Infinity"}, "Enter a number."),
        "points below zero": ({"points": "-1"}, range_sentence),
        "points above the most": ({"points": "100.01"}, range_sentence),
        "points of three decimals": ({"points": "1.001"}, "no more than 2 decimal places."),
        "huge points": ({"points": "9" * 40}, "no more than 7 digits in total."),
        "wrong deliverable": ({"deliverable": graded.due(Kind.SUMMARY).pk}, not_owed),
        "no deliverable": ({"deliverable": None}, not_owed),
        "a group that does not owe it": ({"group": scene.writing.pk}, not_owed),
        "an unknown part": ({"part": "999999"}, invalid),
        "a part that is no number": ({"part": "x"}, invalid),
        "an unknown group": ({"group": "99999999999999999999"}, invalid),
        "another course's part": ({"part": other.part(TALK).pk}, invalid),
        "another course's group": ({"group": other.scene.presenting.pk}, not_owed),
        "another course's work": ({"deliverable": other.due(Kind.SLIDES).pk}, not_owed),
        "another course's student": (
            {
                "part": contribution,
                "deliverable": None,
                "group": None,
                "enrollment": other.scene.listener.pk,
            },
            per_student,
        ),
        "a group for an individual part": (
            {"part": contribution, "deliverable": None},
            per_student,
        ),
        "an adjustment without a reason": (
            {"group": None, "enrollment": student},
            "A grade for one member of a group needs a reason; write it down.",
        ),
        "an endless reason": ({"reason": "x" * 501}, "at most 500 characters"),
        "a NUL byte": ({"comment": "a\x00b"}, "Null characters are not allowed."),
    }


def test_bad_input_gets_its_sentence_and_saves_nothing():
    graded, other = a_graded_course(), a_graded_course()
    for name, (changes, sentence) in bad_inputs(graded, other).items():
        response = post(graded.ta, talk(graded, **changes))
        assert response.status_code == 200, name
        page = unescape(response.content.decode())
        assert sentence in page, name
        assert "errorlist" in page, name
    assert not Grade.objects.exists()


@pytest.mark.breaks_invariants("membership_of_student")
def test_nobody_grades_their_own_group_there():
    graded = a_graded_course()
    helper = became_ta(graded.scene.presenters[0])
    page = unescape(post(helper, talk(graded)).content.decode())

    assert "Nobody grades themselves or their own group." in page
    assert not Grade.objects.exists()


@pytest.mark.breaks_invariants("membership_of_student")
def test_a_former_member_gets_the_sentence_and_not_the_databases_refusal():
    graded = a_graded_course()
    helper = graded.scene.presenters[0]
    move(helper, graded.scene.writing, at=START + timedelta(days=1))
    became_ta(helper)
    response = post(helper, talk(graded))

    assert response.status_code == 200
    assert "Nobody grades themselves or their own group." in unescape(response.content.decode())


def test_an_award_can_be_neither_changed_nor_deleted_there():
    graded = a_graded_course()
    post(graded.ta, talk(graded))
    grade = Grade.objects.get()
    client = browser(graded.ta)
    change = f"/admin/grading/grade/{grade.pk}/change/"

    assert client.get(change).status_code == 200
    assert 'name="points"' not in client.get(change).content.decode()
    assert client.post(change, talk(graded, points="100")).status_code == 403
    delete = f"/admin/grading/grade/{grade.pk}/delete/"
    assert client.post(delete, {"post": "yes"}).status_code == 403
    many = {"action": "delete_selected", "_selected_action": [grade.pk], "post": "yes"}
    client.post("/admin/grading/grade/", many)
    assert list(Grade.objects.values_list("pk", "points")) == [(grade.pk, Decimal("73.13"))]


def test_students_observers_and_visitors_do_not_come_in():
    graded = a_graded_course()
    post(graded.ta, talk(graded))
    pages = ["/admin/", ADD, "/admin/grading/grade/", "/admin/course/enrollment/"]
    for person in (graded.scene.listener, enroll(graded.course, "observer"), None):
        client = browser(person)
        for page in pages:
            response = client.get(page)
            assert response.status_code in {302, 403}, (person, page)
            assert "73.13" not in response.content.decode()
        assert client.post(ADD, talk(graded)).status_code in {302, 403}
    assert Grade.objects.count() == 1


def test_a_dropped_ta_does_not_come_in():
    graded = a_graded_course()
    graded.ta.state, graded.ta.dropped_at = "dropped", AFTER
    graded.ta.save()

    assert post(graded.ta, talk(graded)).status_code in {302, 403}
    assert not Grade.objects.exists()


def test_staff_see_the_awards_and_records_of_their_own_course_alone():
    graded, other = a_graded_course(), a_graded_course()
    post(graded.ta, talk(graded))
    post(other.ta, talk(other, points="11"))
    hers = Grade.objects.get(points=11)
    client = browser(graded.ta)

    listed = client.get("/admin/grading/grade/").content.decode()
    assert "73.13" in listed
    assert "11.00" not in listed
    assert client.get(f"/admin/grading/grade/{hers.pk}/change/").status_code == 302
    people = client.get("/admin/course/enrollment/?q=person").content.decode()
    assert graded.scene.listener.email in people
    assert other.scene.listener.email not in people


def test_the_search_boxes_offer_the_own_course_alone():
    graded, other = a_graded_course(), a_graded_course()
    client = browser(graded.ta)
    query = "app_label=grading&model_name=grade&field_name=enrollment&term=person"
    response = client.get(f"/admin/autocomplete/?{query}")
    offered = {int(found["id"]) for found in response.json()["results"]}

    assert graded.scene.listener.pk in offered
    assert not offered & {person.pk for person in other.course.enrollments.all()}
    denied = browser(graded.scene.listener).get(f"/admin/autocomplete/?{query}")
    assert denied.status_code in {302, 403}


@pytest.mark.parametrize(
    "query", ["q=%00", "p=99999999999", "p=x", "o=9.9.9", "e=1", "part__id__exact=%00", "q=%ff"]
)
def test_odd_addresses_of_the_list_are_no_errors(query):
    graded = a_graded_course()

    assert browser(graded.ta).get(f"/admin/grading/grade/?{query}").status_code in {200, 302, 400}
