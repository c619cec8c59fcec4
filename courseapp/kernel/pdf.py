"""PDF from our own HTML, by WeasyPrint: loaded when first asked for, as it takes more than a second."""

import ctypes.util
import mimetypes
from functools import cache
from pathlib import Path, PurePosixPath

from django.contrib.staticfiles import finders

from courseapp.kernel.decisions import Allowed, Decision, Denied, require

PANGO = "pangoft2-1.0"
# A name that no address can have; what it serves comes from our own fetcher.
STATIC_BASE = "https://static.invalid/"


@cache
def can_make_pdf() -> Decision:
    """Say whether this server has what PDFs need, and what to install where it has not."""
    if ctypes.util.find_library(PANGO):
        return Allowed()
    return Denied(
        "pango_missing",
        "This server cannot make PDFs yet: install pango "
        "(Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0; macOS: brew install pango).",
    )


def render_pdf(html: str) -> bytes:
    """Return the page as a PDF; raises `Refused` where pango is missing.

    The page may name the product's static files as `STATIC_BASE` and a path and nothing else: no address,
    no redirect and no attachment reaches outside (failures.md, row 43).
    """
    require(can_make_pdf())
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class StaticFilesOnly(URLFetcher):
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            return URLFetcherResponse(url, *_static_file(url))

    document = HTML(string=html, base_url=STATIC_BASE, url_fetcher=StaticFilesOnly())
    content: bytes = document.write_pdf()
    return content


def _static_file(url: str) -> tuple[bytes, dict[str, str]]:
    path = url.removeprefix(STATIC_BASE)
    if not url.startswith(STATIC_BASE) or ".." in PurePosixPath(path).parts:
        raise ValueError(f"A PDF takes static files only, not {url!r}.")
    found = finders.find(path)
    if not found:
        raise ValueError(f"There is no static file {path!r}.")
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return Path(str(found)).read_bytes(), {"Content-Type": kind}
