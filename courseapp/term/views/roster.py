"""The people of a course for its staff: the roster, and all groups."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from courseapp.course import policies as course_policies
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from courseapp.term.forms.finding import FindStudentsForm
from courseapp.term.people.groups import all_groups
from courseapp.term.people.roster import find_students, roster_of, sections_of


@require_safe
@guard(load=roster_of, policy=course_policies.read_as_staff)
def roster(request: GuardedRequest, course: Any) -> HttpResponse:
    """Answer: who studies here, in which group, who has come, and what can be changed about it?"""
    sections = sections_of(course)
    form = FindStudentsForm(request.GET, sections=sections)
    wanted = form.wanted()
    found = find_students(
        request.actor, course, wanted=wanted, sections=sections, page=request.GET.get("page")
    )
    context = {"roster": found, "form": form, "wanted": wanted, "query": urlencode(wanted)}
    return render_page(request, "term/roster.html", context)


@require_safe
@guard(load=roster_of, policy=course_policies.read_as_staff)
def groups(request: GuardedRequest, course: Any) -> HttpResponse:
    """Answer: which groups are there, which are outside the sizes, who is in none?"""
    found = all_groups(request.actor, course, now=request.now, page=request.GET.get("page"))
    return render_page(request, "term/groups.html", {"groups": found})
