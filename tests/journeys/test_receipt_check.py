"""Somebody who was shown a receipt and a file: the file is hashed in the browser and never sent."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Request, expect

from submissions.deadlines import Kind
from submissions.models import SubmissionVersion
from tests.doors import PPTX, digest, hand_in_file
from tests.submissions.scenes import SLIDES_DUE, a_lecture

pytestmark = pytest.mark.django_db(transaction=True)
WORK = {"name": "talk.pptx", "mimeType": "application/octet-stream", "buffer": PPTX}
OTHER = WORK | {"name": "other.pptx", "buffer": PPTX + b"!"}


def test_a_stranger_compares_a_file_with_a_receipt(browser: Browser, live_server: Any) -> None:
    scene = a_lecture()
    slides = scene.due(Kind.SLIDES)
    hand_in_file(scene.presenters[0], slides, at=SLIDES_DUE - timedelta(days=1))
    code = SubmissionVersion.objects.get().receipt_code
    sent: list[bytes] = []

    def note(request: Request) -> None:
        sent.append(request.post_data_buffer or b"")

    with browser.new_context(base_url=live_server.url) as context:
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("request", note)
        page.goto(f"/receipts/{code}/")
        chooser = page.get_by_label("Choose the file, or drop it here")
        chooser.set_input_files(WORK)  # type: ignore[arg-type]  # a file's form
        expect(
            page.get_by_text("talk.pptx is the file that came in, byte for byte.")
        ).to_be_visible()
        chooser.set_input_files(OTHER)  # type: ignore[arg-type]
        expect(page.get_by_text("other.pptx is another file, or was changed since")).to_be_visible()

        page.get_by_role("link", name="Check another receipt").click()
        page.get_by_label("or its code alone").fill(code)
        page.get_by_label("or the file itself").set_input_files(OTHER)  # type: ignore[arg-type]
        expect(page.get_by_label("SHA-256 of your file")).to_have_value(digest(PPTX + b"!"))
        page.get_by_role("button", name="Check").click()
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text("The receipt is genuine, but it is for another file")
    assert [body for body in sent if PPTX in body] == []
