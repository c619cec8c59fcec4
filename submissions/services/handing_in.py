"""Handing in by a form: keep the bytes, then append a version (domain.md §5)."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Protocol

from django.db import transaction

from courseapp.course.actors import Actor
from courseapp.kernel import files
from courseapp.kernel.decisions import Decision, Denied, Refused, require
from submissions import policies, rules
from submissions.models import Door
from submissions.selectors.places import Place, place_of
from submissions.services.appending import HandIn, Receipt, append, knows
from submissions.services.contents import Content, file_content
from submissions.services.writing import hand_in_text

SIGNATURE_LENGTH = 1024


class Upload(Protocol):
    """A file as it came in."""

    @property
    def name(self) -> str | None: ...
    @property
    def size(self) -> int | None: ...
    def read(self, size: int, /) -> bytes: ...
    def seek(self, offset: int, /) -> int: ...
    def chunks(self) -> Iterator[bytes]: ...


def ask_questions(
    *,
    actor: Actor,
    texts: dict[int, str],
    received_at: datetime,
    revisions: dict[int, int] | None = None,
) -> tuple[list[Receipt], dict[int, Denied]]:
    """Hand in the texts that were written, each for its deliverable, and say which were refused.

    An empty text is no hand-in. One refused text does not hold back the others.
    """
    receipts: list[Receipt] = []
    refusals: dict[int, Denied] = {}
    for deliverable_id, text in texts.items():
        if not text.strip():
            continue
        try:
            receipts.append(
                hand_in_text(
                    actor=actor,
                    deliverable_id=deliverable_id,
                    text=text,
                    revision=(revisions or {}).get(deliverable_id),
                    received_at=received_at,
                )
            )
        except Refused as refusal:
            refusals[deliverable_id] = refusal.denied
    return receipts, refusals


def hand_in_file(
    *,
    actor: Actor,
    deliverable_id: int,
    upload: Upload,
    received_at: datetime,
    idempotency_key: str,
) -> Receipt:
    """Hand in a file; raises `Refused` with what to change where it cannot be taken.

    What repeats a version gets its receipt even where nothing new is taken any more.
    """
    return hand_in_file_at(
        actor=actor,
        place=_place(actor, deliverable_id, received_at=received_at),
        upload=upload,
        received_at=received_at,
        idempotency_key=idempotency_key,
    )


def hand_in_file_at(
    *, actor: Actor, place: Place, upload: Upload, received_at: datetime, idempotency_key: str
) -> Receipt:
    """Hand in a file where the same request has just loaded the place; asked again under the lock."""
    if not knows(place, idempotency_key):
        require(policies.hand_in(actor, place, now=received_at))
    content = keep_file(place, upload)
    hand_in = HandIn(content=content, door=Door.FORM, received_at=received_at, key=idempotency_key)
    return append_kept(content, partial(append, actor=actor, place=place, hand_in=hand_in))


def keep_file(place: Place, upload: Upload) -> Content:
    """Keep a file that can be taken here; raises `Refused` with what to change where it cannot."""
    require(_file_acceptable(place, upload))
    kept = files.keep(upload.chunks())
    return file_content(kept, name=rules.display_name(upload.name or ""))


def append_kept(content: Content, append_it: Callable[[], Receipt]) -> Receipt:
    """Append; a file that was kept for it and that no version came to name is forgotten."""
    try:
        receipt = append_it()
    except Refused:
        _forget(content)
        raise
    if receipt.version.file_key != content.file_key:
        _forget(content)
    return receipt


def _forget(content: Content) -> None:
    if content.file_key:
        transaction.on_commit(partial(files.forget, content.file_key), robust=True)


def _file_acceptable(place: Place, upload: Upload) -> Decision:
    if place.kind.value == "question":
        return Denied("not_file", "A question is written on the lecture's page.")
    head = upload.read(SIGNATURE_LENGTH)
    upload.seek(0)
    return rules.file_acceptable(
        name=upload.name or "",
        size=upload.size or 0,
        head=head,
        accepted=place.terms.accepted,
    )


def _place(actor: Actor, deliverable_id: int, *, received_at: datetime) -> Place:
    place = place_of(actor, now=received_at, deliverable_id=deliverable_id)
    if place is None:
        raise Refused(Denied("not_found", "This is not due in your course (any more)."))
    return place
