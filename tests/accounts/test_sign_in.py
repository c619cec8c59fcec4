"""Signing in by a code or a password, and becoming who one is on a roster (domain.md §1)."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from courseapp.accounts.models import User
from courseapp.accounts.services import ensure_people, make_sample_person
from courseapp.course.models import Course, Enrollment
from courseapp.course.services import claim_enrollments
from courseapp.kernel import mail
from courseapp.kernel.models import OutboxMail
from tests.factories import PASSWORD, START, enroll, make_course, make_user

pytestmark = pytest.mark.django_db
CODE_FORM = "/accounts/login/code/"
CONFIRM = "/accounts/login/code/confirm/"
LOGIN = "/accounts/login/"


def on_the_roster(course: Course | None = None, email: str = "mara@students.example") -> Any:
    """An enrollment as an import makes it: an account without a password, nothing proved."""
    enrollment = enroll(course or make_course(), signs_in=False)
    enrollment.email = email
    enrollment.save()
    ensure_people([(email, "Mara")])
    return enrollment


def is_signed_in(client: Client) -> Any:
    return "_auth_user_id" in client.session


def code_sent_to(email: str) -> Any:
    sent = OutboxMail.objects.get(recipient=email)
    assert sent.is_secret
    found = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", sent.text, re.MULTILINE)
    assert found, sent.text
    return found[1]


def without_tokens(response: Any) -> Any:
    text = response.content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


# -- by code -------------------------------------------------------------------------------------


def test_a_code_by_mail_signs_in_proves_the_address_and_claims_the_enrollment():
    enrollment = on_the_roster()
    client = Client()
    assert client.post(CODE_FORM, {"email": enrollment.email}).status_code == 302
    enrollment.refresh_from_db()
    assert not enrollment.user_id

    answer = client.post(CONFIRM, {"code": code_sent_to(enrollment.email)})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(client)
    enrollment.refresh_from_db()
    assert enrollment.user == User.objects.get(email=enrollment.email)
    assert enrollment.claimed_at is not None
    assert EmailAddress.objects.get(email=enrollment.email).verified
    home = f"/c/{enrollment.course.slug}/home/"
    assert client.get("/", follow=True).redirect_chain == [(home, 302)]


def test_the_code_is_a_secret_that_is_erased_once_it_is_sent(mailoutbox):
    enrollment = on_the_roster()
    Client().post(CODE_FORM, {"email": enrollment.email})
    code = code_sent_to(enrollment.email)
    mail.sweep()

    assert code in mailoutbox[0].body
    sent = OutboxMail.objects.get()
    assert (sent.state, sent.text, sent.html) == ("sent", "", "")
    assert code not in sent.subject


@pytest.mark.parametrize("code", ["", "AAAAAA", "\x00", "x" * 5000])
def test_a_wrong_code_signs_nobody_in_and_claims_nothing(code):
    enrollment = on_the_roster()
    client = Client()
    client.post(CODE_FORM, {"email": enrollment.email})

    assert client.post(CONFIRM, {"code": code}).status_code < 500
    assert not is_signed_in(client)
    enrollment.refresh_from_db()
    assert enrollment.user is None
    assert not EmailAddress.objects.get(email=enrollment.email).verified


def test_a_code_works_once_and_only_where_it_was_asked_for():
    enrollment = on_the_roster()
    asked, other = Client(), Client()
    asked.post(CODE_FORM, {"email": enrollment.email})
    code = code_sent_to(enrollment.email)
    other.post(CONFIRM, {"code": code})
    assert not is_signed_in(other)
    asked.post(CONFIRM, {"code": code})
    assert is_signed_in(asked)
    asked.post("/accounts/logout/")
    asked.post(CONFIRM, {"code": code})

    assert not is_signed_in(asked)


def test_an_unknown_address_gets_the_same_answer_and_no_mail():
    enrollment = on_the_roster()
    answers = []
    for email in (enrollment.email, "nobody@students.example"):
        client = Client()
        first = client.post(CODE_FORM, {"email": email})
        second = client.get(CONFIRM)
        third = client.post(CONFIRM, {"code": "AAAAAA"})
        pages = [without_tokens(page).replace(email, "ADDRESS") for page in (second, third)]
        answers.append((first.status_code, first["Location"], second.status_code, pages))

    assert answers[0] == answers[1]
    assert not OutboxMail.objects.filter(recipient="nobody@students.example").exists()
    assert not User.objects.filter(email="nobody@students.example").exists()


# -- by password ---------------------------------------------------------------------------------


def test_a_password_signs_in_and_claims_what_came_since():
    user = make_user("mara@students.example")
    enrollment = on_the_roster(email=user.email)
    client = Client()
    assert client.post(LOGIN, {"login": user.email, "password": PASSWORD}).status_code == 302

    assert is_signed_in(client)
    enrollment.refresh_from_db()
    assert enrollment.user == user


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer():
    make_user("mara@students.example")
    pages = []
    for email in ("mara@students.example", "nobody@students.example"):
        client = Client()
        answer = client.post(LOGIN, {"login": email, "password": "not the password"})
        assert answer.status_code == 200
        assert not is_signed_in(client)
        pages.append(without_tokens(answer).replace(email, "ADDRESS"))

    assert pages[0] == pages[1]


def test_a_password_without_a_proved_address_signs_nobody_in_and_claims_nothing():
    enrollment = on_the_roster()
    user = User.objects.get(email=enrollment.email)
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})

    assert not is_signed_in(client)
    enrollment.refresh_from_db()
    assert enrollment.user is None


def test_a_roster_account_has_no_password_that_could_be_guessed():
    enrollment = on_the_roster()
    for password in ("", "!", "password"):
        client = Client()
        client.post(LOGIN, {"login": enrollment.email, "password": password})
        assert not is_signed_in(client)


# -- claiming ------------------------------------------------------------------------------------


def test_an_enrollment_of_someone_else_is_not_claimed():
    enrollment = on_the_roster(email="other@students.example")
    user = make_user("mara@students.example")
    Client().post(LOGIN, {"login": user.email, "password": PASSWORD})

    enrollment.refresh_from_db()
    assert enrollment.user is None


def test_a_claimed_enrollment_is_not_claimed_again():
    owner, other = make_user("a@example.edu"), make_user("b@example.edu")
    enrollment = on_the_roster(email="a@example.edu")
    claim_enrollments(user=owner, proved_addresses=["a@example.edu"], now=START)

    assert claim_enrollments(user=other, proved_addresses=["a@example.edu"], now=START) == 0
    enrollment.refresh_from_db()
    assert enrollment.user == owner


def test_an_address_is_proved_in_any_case_of_letters():
    user = make_user("mara@students.example")
    enrollment = on_the_roster(email=user.email)

    assert claim_enrollments(user=user, proved_addresses=["Mara@Students.EXAMPLE"], now=START) == 1
    enrollment.refresh_from_db()
    assert enrollment.user == user


def test_two_proved_addresses_on_one_roster_claim_one_place_and_leave_the_other_to_staff():
    course = make_course()
    user = make_user("one@example.edu")
    EmailAddress.objects.create(user=user, email="two@example.edu", verified=True)
    first = on_the_roster(course, email="one@example.edu")
    second = on_the_roster(course, email="two@example.edu")
    elsewhere = on_the_roster(email="two@example.edu")
    client = Client()

    assert client.post(LOGIN, {"login": user.email, "password": PASSWORD}).status_code == 302
    owners = Enrollment.objects.filter(user=user).order_by("pk")
    assert list(owners) == [first, elsewhere]
    second.refresh_from_db()
    assert second.user is None


# -- sample accounts -----------------------------------------------------------------------------


def a_sample_account() -> Any:
    enrollment = on_the_roster()
    make_sample_person(address=enrollment.email, password=PASSWORD)
    return enrollment


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_sample_account_signs_in_from_this_machine(address):
    enrollment = a_sample_account()
    client = Client(REMOTE_ADDR=address)
    client.post(LOGIN, {"login": enrollment.email, "password": PASSWORD})

    assert is_signed_in(client)


@pytest.mark.parametrize(
    "request_from",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "127.0.0.1.evil.example"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_FORWARDED_FOR": ""},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
    ],
)
def test_a_sample_account_does_not_sign_in_from_elsewhere(request_from):
    enrollment = a_sample_account()
    client = Client(**request_from)
    answer = client.post(LOGIN, {"login": enrollment.email, "password": PASSWORD})
    assert answer.status_code == 403
    assert not is_signed_in(client)

    client.post(CODE_FORM, {"email": enrollment.email})
    answer = client.post(CONFIRM, {"code": code_sent_to(enrollment.email)})
    assert answer.status_code == 403
    assert not is_signed_in(client)


# -- doors that are shut -------------------------------------------------------------------------


def test_nobody_signs_up():
    client = Client()
    page = client.get("/accounts/signup/")
    assert 'name="password1"' not in page.content.decode()
    body = {"email": "new@example.edu", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", body)

    assert not User.objects.exists()
    assert not is_signed_in(client)


def test_a_person_adds_no_address_by_themselves():
    user = make_user("mara@students.example")
    client = Client()
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    body = {"action_add": "", "email": "two@example.edu"}

    assert client.post("/accounts/email/", body, follow=True).status_code == 200
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [user.email]


def test_the_admins_own_sign_in_leads_through_ours():
    answer = Client().get("/admin/login/?next=/admin/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, LOGIN)
    make_user("mara@students.example")
    client = Client()
    body = {"username": "mara@students.example", "password": PASSWORD}
    client.post("/admin/login/", body)
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"]
)
def test_a_sign_in_leads_nowhere_else(target):
    user = make_user("mara@students.example")
    body = {"login": user.email, "password": PASSWORD, "next": target}
    answer = Client().post(f"{LOGIN}?next={target}", body)

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_switched_off_person_does_not_sign_in():
    user = make_user("mara@students.example")
    User.objects.update(is_active=False)
    client = Client()
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})

    assert not is_signed_in(client)
