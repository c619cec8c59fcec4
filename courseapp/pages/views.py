"""Pages that compose several apps."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courseapp.course import policies as course_policies
from courseapp.course import selectors as course_selectors
from courseapp.course import services as course_services
from courseapp.course.forms import OfficeHoursForm, changes_of, seen_anew
from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard, public
from courseapp.kernel.outbox import letters_of
from courseapp.kernel.page import render_page
from courseapp.kernel.pdf import can_make_pdf
from courseapp.pages import course_page as pages
from courseapp.pages import documents, editing
from courseapp.pages import group as groups
from courseapp.pages import home as homes
from courseapp.pages import lecture as lectures
from courseapp.pages.health import health_of
from courseapp.pages.specimens import specimens
from groups import policies as group_policies
from groups.selectors.standing import Standing, own_standing
from schedule import selectors as schedule_selectors
from submissions.services import handing_in


@require_safe
@public("Whoever comes here finds the courses that anyone may read.")
def landing(request: GuardedRequest) -> HttpResponse:
    """Lead to one's own course, or list what there is."""
    own = course_selectors.own_enrollments(request.actor.user_id)
    if len(own) == 1:
        return redirect("home", own[0].course.slug)
    context = {"own": own, "published": course_selectors.published_courses()}
    return render_page(request, "pages/landing.html", context)


@require_safe
@public("The components of the pages, for those who build them; only where DEBUG is on.")
def styleguide(request: GuardedRequest) -> HttpResponse:
    """Show every recurring component in its states."""
    if not settings.SHOWS_STYLEGUIDE:
        raise Http404
    return render_page(request, "pages/styleguide.html", specimens(now=request.now))


@require_safe
@public("A balancer asks whether this server can do its work.")
def health_check(request: HttpRequest) -> HttpResponse:
    """Answer 200 where the database answered the guard's clock."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@public(
    "Anyone may read a published course's page.",
    load=pages.course_page,
    policy=course_policies.read_page,
)
def course_page(request: GuardedRequest, page: pages.CoursePage) -> HttpResponse:
    """Show what the course is, who teaches it, and what is read when."""
    return _course_page(request, page, editing.forms_of(page.course) if page.may_edit else {})


def _course_page(
    request: GuardedRequest, page: pages.CoursePage, forms: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {"page": page, "forms": forms, "can_make_pdf": can_make_pdf()}
    return render_page(request, "pages/course.html", context, status=status)


@require_safe
@public(
    "Anyone may print a published course's programme.",
    load=pages.course_page,
    policy=course_policies.read_page,
)
def programme(request: GuardedRequest, page: pages.CoursePage) -> HttpResponse:
    """Give out the course as a printed programme."""
    response = HttpResponse(documents.programme(page), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{page.course.slug}.pdf"'
    return response


@require_POST
@guard(load=editing.section_of, policy=course_policies.edit_course)
def edit_course(request: GuardedRequest, section: editing.Section) -> HttpResponse:
    """Save one section of the course page; a refused one comes back with what was typed."""
    form = editing.sent_form(section, request.POST)
    if form.is_valid():
        try:
            course_services.edit_course(
                actor=request.actor,
                course=section.course,
                changes=changes_of(form),
                seen=form.cleaned_data["seen"],
                now=request.now,
            )
        except Refused as refusal:
            form.add_error(None, refusal.denied.sentence)
            seen_anew(form, section.course, section.name)
        else:
            messages.success(request, "Saved. Readers see it from now on.")
            return redirect(f"{reverse('course-page', args=[section.course.slug])}#{section.name}")
    page = pages.course_page(request.actor, now=request.now)
    assert page is not None
    forms = editing.forms_of(section.course, sent_section=section.name, sent=form)
    return _course_page(request, page, forms, status=422)


@require_POST
@guard(load=course_selectors.staff_member_of, policy=course_policies.set_office_hours)
def office_hours(request: GuardedRequest, person: Any) -> HttpResponse:
    """Save the office hours of a member of the staff."""
    form = OfficeHoursForm(request.POST)
    if form.is_valid():
        course_services.set_office_hours(
            actor=request.actor, person=person, now=request.now, **form.cleaned_data
        )
        messages.success(request, "Saved. Readers see it from now on.")
    else:
        messages.error(request, f"Nothing was saved: {form.errors['office_hours'][0]}")
    return redirect(f"{reverse('course-page', args=[request.actor.course.slug])}#place")


@require_POST
@guard(load=course_selectors.course_of_member, policy=course_policies.publish)
def publish(request: GuardedRequest, course: Any) -> HttpResponse:
    """Publish a draft."""
    course_services.publish_course(actor=request.actor, course=course, now=request.now)
    messages.success(request, "The course is published: its page is open, reminders go out.")
    return redirect("course-page", course.slug)


@require_safe
@guard(load=course_selectors.course_of_member, policy=course_policies.read_course)
def home(request: GuardedRequest, course: Any) -> HttpResponse:
    """Answer: what do I owe next, what is my part in the next class, where do I stand?"""
    if request.actor.is_staff:
        health = health_of(request.actor, now=request.now)
        return render_page(request, "pages/staff_home.html", {"health": health})
    if request.actor.is_student:
        found = homes.student_home(request.actor, now=request.now, shows_all="all" in request.GET)
        return render_page(request, "pages/student_home.html", {"home": found})
    return redirect("course-page", course.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@guard(load=schedule_selectors.lecture_visible_to, policy=course_policies.read_course)
def lecture(request: GuardedRequest, lecture: Any) -> HttpResponse:
    """Show a lecture; a POST hands in the questions written on it."""
    if request.method != "POST":
        page = lectures.lecture_page(request.actor, lecture, now=request.now)
        return render_page(request, "pages/lecture.html", {"page": page})
    texts = lectures.typed_texts(request.POST)
    receipts, refusals = handing_in.ask_questions(
        actor=request.actor,
        texts=texts,
        revisions=lectures.revisions(request.POST),
        received_at=request.received_at,
    )
    if refusals:
        page = lectures.lecture_page(request.actor, lecture, now=request.now)
        page = lectures.with_what_was_typed(page, texts=texts, refusals=refusals)
        for sentence in lectures.said_nowhere_else(page, refusals):
            messages.error(request, sentence)
        return render_page(request, "pages/lecture.html", {"page": page}, status=422)
    messages.success(request, lectures.said_of(receipts))
    return redirect("lecture", request.actor.course.slug, lecture.pk)


@require_safe
@guard(load=own_standing, policy=group_policies.take_part)
def group(request: GuardedRequest, standing: Standing) -> HttpResponse:
    """Answer: who are we, who wants in, what do we owe; or, without a group, how do I get into one?"""
    page = groups.group_page(request.actor, standing, now=request.now)
    link = None if page.link_path is None else request.build_absolute_uri(page.link_path)
    return render_page(request, "groups/group.html", {"page": page, "link": link})


@require_safe
@guard(load=course_selectors.course_of_member, policy=course_policies.read_as_staff)
def outbox(request: GuardedRequest, course: Any) -> HttpResponse:
    """Show what was sent to whom."""
    context = {"mails": letters_of(course.pk, page=request.GET.get("page"))}
    return render_page(request, "pages/outbox.html", context)
