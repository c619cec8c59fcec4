"""Archives of what came in: asked for, watched, stopped, fetched."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from courseapp.course.selectors import course_of_member
from courseapp.kernel import files
from courseapp.kernel.decisions import Refused
from courseapp.kernel.guard import GuardedRequest, guard
from courseapp.kernel.page import render_page
from courseapp.kernel.ranges import Outgoing, file_answer
from submissions import policies
from submissions.forms import ArchiveForm
from submissions.selectors import archives
from submissions.services import archiving


@require_POST
@guard(load=course_of_member, policy=policies.ask_archive)
def ask_archive(request: GuardedRequest, course: Any) -> HttpResponse:
    """Have what came in packed into one file, in the background."""
    form = ArchiveForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was begun: choose a lecture or a kind that there is.")
        return redirect("came-in", course.slug)
    try:
        archive = archiving.ask_archive(actor=request.actor, now=request.now, **form.wish())
    except Refused as refusal:
        messages.error(request, refusal.denied.sentence)
        return redirect("came-in", course.slug)
    return redirect("archive", course.slug, archive.pk)


@require_safe
@guard(load=archives.archive_of, policy=policies.ask_archive)
def archive(request: GuardedRequest, found: archives.ArchiveSheet) -> HttpResponse:
    """Show how far an archive is, and lead to its file."""
    return render_page(request, "submissions/archive.html", {"found": found})


@require_safe
@guard(load=archives.archive_of, policy=policies.ask_archive)
def progress(request: GuardedRequest, found: archives.ArchiveSheet) -> HttpResponse:
    """Show the part of that page that changes, for the script that asks for it."""
    context = {"found": found, "course": request.actor.course, "now": request.now}
    return render(request, "submissions/archive_progress.html", context)


@require_POST
@guard(load=archives.archive_of, policy=policies.ask_archive)
def stop_archive(request: GuardedRequest, found: archives.ArchiveSheet) -> HttpResponse:
    """Stop the packing."""
    archiving.stop_archive(actor=request.actor, archive_id=found.archive.pk, now=request.now)
    return redirect("archive", request.actor.course.slug, found.archive.pk)


@require_safe
@guard(load=archives.archive_of, policy=policies.ask_archive)
def archive_file(request: GuardedRequest, found: archives.ArchiveSheet) -> HttpResponseBase:
    """Give out the file, or the rest of one that broke off."""
    if not found.is_there:
        raise Http404
    archive = found.archive
    file = files.open_kept(archive.file_key)
    outgoing = Outgoing(file, archive.size, tag=f"archive-{archive.pk}", name=found.file_name)
    return file_answer(request, outgoing)
