"""One version: its page, its checks, and its file by the one door."""

from hashlib import sha256
from io import BytesIO
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courseapp.course import policies as course_policies
from courseapp.kernel import files
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from courseapp.kernel.ranges import Outgoing, file_answer
from submissions import documents
from submissions.selectors import checks, places, printing, receipts, texts


@require_safe
@guard(load=places.version_visible_to, policy=course_policies.read_course)
def download(request: GuardedRequest, version: Any) -> HttpResponseBase:
    """Give out a file that was handed in, or a part of it, as a download that no browser runs."""
    work = printing.written_work(version)
    if work is not None:
        return _printed(request, version, work)
    if not version.file_key:
        raise Http404
    file = files.open_kept(version.file_key)
    outgoing = Outgoing(file, version.size, tag=version.sha256, name=version.file_name)
    return file_answer(request, outgoing)


def _printed(request: GuardedRequest, version: Any, work: printing.WrittenWork) -> HttpResponseBase:
    """Give out a text that was written here as a PDF, made when it is first asked for."""
    content = documents.written_work(work)
    tag = f"{version.sha256}-{sha256(content).hexdigest()[:16]}"
    outgoing = Outgoing(BytesIO(content), len(content), tag=tag, name=work.file_name)
    return file_answer(request, outgoing)


@require_safe
@guard(load=places.version_visible_to, policy=course_policies.read_course)
def version(request: GuardedRequest, version: Any) -> HttpResponse:
    """Show one version: its text or its file, and its receipt."""
    context = {
        "version": version,
        "standing": receipts.standing_of(version),
        "about": texts.paper_asked_about(version),
        "check": checks.checks_of([version.pk]).get(version.pk),
    }
    return render_page(request, "submissions/version.html", context)


@require_safe
@guard(load=places.check_visible_to, policy=course_policies.read_course)
def version_checks(request: GuardedRequest, check: checks.Checked) -> HttpResponse:
    """Show the part of that page that changes, for the script that asks for it."""
    context = {"check": check, "course": request.actor.course}
    return render(request, "submissions/checks_lines.html", context)
