"""Every page of the sample course, for each of its readers, in both themes, wide and narrow."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import product
from typing import Any, Literal

import pytest
from allauth.account.models import EmailAddress
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as product_settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from courseapp.accounts.models import User
from courseapp.course.actors import Actor, actor_of
from courseapp.course.models import Course, Enrollment
from courseapp.course.services import claim_enrollments
from courseapp.demo import accounts, story
from courseapp.kernel import clock
from courseapp.term.swapping import services as swapping
from courseapp.term.swapping.cases import open_duties
from groups.models import Group
from groups.services import asking, joining, showing
from schedule.models import Lecture
from submissions.deadlines import Kind
from submissions.models import Deliverable, SubmissionVersion
from submissions.services import archiving

pytestmark = pytest.mark.django_db(transaction=True)

READERS = {
    "visitor": None,
    "student": "mara.lindqvist@students.example",
    "seeker": "idris.falk@students.example",
    "ta": "rafael.okonjo@staff.example",
    "instructor": "ines.haugen@staff.example",
}
Theme = Literal["light", "dark"]
# Halves, so that two workers can look at once; each tells the course of its own.
SHARES: dict[str, tuple[tuple[str, Theme], ...]] = {
    "of the instructor": (("instructor", "light"), ("instructor", "dark")),
    "of everybody else": (
        ("ta", "light"),
        ("student", "light"),
        ("student", "dark"),
        ("seeker", "light"),
        ("visitor", "light"),
        ("visitor", "dark"),
    ),
}
# Telling of each element what is right with it takes as long as finding what is wrong.
VIOLATIONS = {"resultTypes": ["violations"]}
LOOKED_AT: dict[Theme, dict[str, list[str]]] = {
    "light": VIOLATIONS,
    # A theme changes colours only.
    "dark": VIOLATIONS | {"runOnly": ["color-contrast"]},
}
NARROW, WIDE = 320, 1280
ROLE_KINDS = (
    "swap_duties",
    "put_in_role",
    "change_rule",
    "change_weights",
    "extend_deadline",
    "correct_past",
)


@pytest.fixture
def pages() -> dict[str, list[str]]:
    """Tell the sample course and return each reader's pages."""
    course = story.tell(now=clock.now())
    accounts.open_accounts()
    lectures = list(Lecture.objects.filter(course=course).order_by("position"))
    own_group = Enrollment.objects.get(email=READERS["student"]).memberships.get().group
    proposal = Deliverable.objects.get(course=course, kind=Kind.PROPOSAL.value)
    slides = Deliverable.objects.get(
        kind=Kind.SLIDES.value,
        lecture__role_assignments__group=own_group,
        lecture__role_assignments__role="presenter",
    )
    summary = Deliverable.objects.filter(
        kind=Kind.SUMMARY.value,
        lecture__role_assignments__group=own_group,
        lecture__role_assignments__role__in=("authors", "reviewers"),
    ).latest("due_at")
    version = SubmissionVersion.objects.filter(submission__group=own_group).first()
    assert version is not None
    root = "/c/demo/"
    mine = _let_groups_swap(course, own_group)
    link = _let_a_group_form(own_group)
    lecture_pages = [f"{root}lectures/{lectures[number].pk}/" for number in (2, 8, 17)]
    staff = [
        f"{root}home/", root, lecture_pages[1], f"{root}grading/", f"{root}grading/1/",
        f"{root}grading/5/", f"{root}proposals/", f"{root}proposals/{own_group.pk}/",
        f"{root}schedule/edit/", f"{root}schedule/draft/", f"{root}changes/",
        "/admin/schedule/reading/", f"/admin/schedule/lecture/{lectures[8].pk}/change/",
        f"{root}acts/cancel_day/?lecture={lectures[8].pk}", f"{root}acts/reorder_readings/?lecture={lectures[8].pk}",
        f"{root}people/", f"{root}people/groups/", f"{root}acts/dissolve_group/?group={own_group.pk}",
        f"{root}swaps/", *(f"{root}acts/{kind}/" for kind in ROLE_KINDS),
        f"{root}acts/found_group/", f"{root}settings/due/", f"{root}settings/due/?words=slides", f"{root}acts/change_terms/?of=report",
        f"{root}acts/change_handing_in/", f"{root}outbox/", f"{root}calendar/", f"{root}people/import/", f"{root}schedule/import/",
        f"{root}groups/", f"{root}plan/", f"{root}slots/final/", f"{root}ranking/{own_group.pk}/",
        f"{root}came-in/", f"{root}came-in/?lecture={lectures[8].pk}", *_what_came_in(course, proposal), "/admin/", "/admin/grading/grade/", "/admin/grading/grade/add/",
    ]  # fmt: skip
    return {
        "visitor": ["/", root, "/accounts/login/", "/accounts/login/code/", "/nothing/", "/styleguide/",
                    f"/receipts/{version.receipt_code}/", "/receipts/"],
        "student": [f"{root}home/", root, *lecture_pages, f"{root}hand-in/{proposal.pk}/",
                    f"{root}hand-in/{slides.pk}/", f"{root}hand-in/{summary.pk}/write/", f"{root}versions/{version.pk}/",
                    f"{root}calendar/", f"{root}project/", f"{root}grades/", f"{root}grading/", "/accounts/email/",
                    f"{root}group/", f"{root}groups/", link, f"{root}swaps/", f"{root}swaps/?mine={mine}",
                    f"{root}ranking/", f"{root}slots/final/ranking/"],
        "seeker": [f"{root}group/", f"{root}groups/", link],
        "ta": staff,
        "instructor": staff,
    }  # fmt: skip


def _what_came_in(course: Course, proposal: Deliverable) -> list[str]:
    """Have an archive wait; return its page, and those of questions, final slides and a proposal."""
    ta = Enrollment.objects.select_related("course").get(email=READERS["ta"])
    archive = archiving.ask_archive(
        actor=actor_of(ta), lecture_id=None, kind=None, holds_all_versions=True, now=clock.now()
    )
    past = Deliverable.objects.filter(course=course, due_at__lt=clock.now())
    shown = [past.filter(kind=kind).latest("due_at") for kind in ("question", "final_slides")]
    sheets = [f"/c/demo/came-in/{one.pk}/" for one in (*shown, proposal)]
    return [*sheets, f"/c/demo/archives/{archive.pk}/"]


def _let_groups_swap(course: Course, group: Group) -> int:
    """Let a group offer a swap, be offered one, and agree to another; return one of its duties."""
    now = clock.now()
    duties = open_duties(course, now=now)
    mine = [duty for duty in duties if duty.group_id == group.pk]
    first, second, third, *_ = [
        duty for duty in duties if duty.group_id != group.pk and duty.role == mine[0].role
    ]
    swaps = [
        swapping.offer_swap(
            actor=_member_of(offered.group),
            offered_id=offered.pk,
            wanted_id=wanted.pk,
            message="Would you?",
            now=now,
        )
        for offered, wanted in ((mine[0], first), (second, mine[0]), (mine[0], third))
    ]
    swapping.accept_swap(actor=_member_of(third.group), swap_id=swaps[-1].pk, now=now)
    return mine[0].pk


def _member_of(group: Group) -> Actor:
    current = Enrollment.objects.select_related("course").filter(memberships__group=group)
    return actor_of(current.filter(memberships__ends_at__isnull=True).order_by("pk")[0])


def _let_a_group_form(group: Group) -> str:
    """Let a member become a seeker whom the group invites and who asks it; return the group's link."""
    seeker = Enrollment.objects.get(email=READERS["seeker"])
    member = Enrollment.objects.get(email=READERS["student"])
    user = User.objects.get(email=seeker.email)
    proved = {"verified": True, "primary": True}
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults=proved)
    now = clock.now()
    Course.objects.update(groups_form_until=now + timedelta(days=1))
    leaves, stays = (
        actor_of(Enrollment.objects.select_related("course").get(pk=one.pk))
        for one in (seeker, member)
    )
    joining.leave(actor=leaves, now=now)
    showing.set_own_interests(actor=leaves, text="Energy per token", now=now)
    showing.set_group_interests(actor=stays, text="What isolation costs", now=now)
    asking.invite(actor=stays, who=seeker.pk, now=now)
    asking.ask(actor=leaves, group_id=group.pk, message="Once more?", now=now)
    link = showing.renew_link(actor=stays, now=now)
    return reverse("join", args=["demo", link.pk, link.secret])


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[Callable[[str, Theme], Page]]:
    """Open a page for a reader, signed in, in a theme."""
    contexts: list[BrowserContext] = []

    def opened(reader: str, theme: Theme) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            color_scheme=theme,
            viewport={"width": WIDE, "height": 900},
        )
        contexts.append(context)
        if address := READERS[reader]:
            name, value = product_settings.SESSION_COOKIE_NAME, _session_cookie(address)
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def _session_cookie(address: str) -> str:
    user = User.objects.get(email=address)
    claim_enrollments(user=user, proved_addresses=[address], now=clock.now())
    client = Client()
    client.force_login(user, backend=product_settings.AUTHENTICATION_BACKENDS[0])
    return client.cookies[product_settings.SESSION_COOKIE_NAME].value


@pytest.mark.parametrize("share", SHARES)
def test_every_page_is_accessible_fits_a_small_phone_and_obeys_its_content_policy(
    share: str, pages: dict[str, list[str]], open_page: Callable[[str, Theme], Page], settings: Any
) -> None:
    settings.SHOWS_STYLEGUIDE = True
    faults: list[str] = []
    axe = Axe()
    for reader, theme in SHARES[share]:
        page = open_page(reader, theme)
        page.on("console", partial(_note_policy, faults))
        for path in pages[reader]:
            where = f"{reader}, {theme}, {path}"
            page.set_viewport_size({"width": WIDE, "height": 900})
            answer = page.goto(path)
            assert answer is not None
            assert answer.status < 500, where
            found = axe.run(page, options=LOOKED_AT[theme]).response["violations"]
            faults += [f"{where}: {fault['id']}: {fault['nodes'][0]['target']}" for fault in found]
            page.set_viewport_size({"width": NARROW, "height": 640})
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if over > 0 and not path.startswith("/admin/"):
                faults.append(f"{where}: {over} px wider than a small phone")
    assert not faults, "\n".join(faults)


def test_every_reader_is_looked_at_in_both_themes() -> None:
    seen = [one for share in SHARES.values() for one in share]
    assert len(seen) == len({*seen})
    # The instructor and the student see the same there.
    spared = {("ta", "dark"), ("seeker", "dark")}
    assert {*seen} == {*product(READERS, ("light", "dark"))} - spared


def _note_policy(faults: list[str], message: ConsoleMessage) -> None:
    # What axe itself injects comes from no address; what our pages do comes from theirs.
    if "Content Security Policy" in message.text and message.location["url"]:
        faults.append(f"{message.location['url']}: {message.text}")
