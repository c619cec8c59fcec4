"""Parts of pages that many readers see alike, rendered once.

A fragment is kept under a digest of what it shows and of the templates, so there is nothing to
invalidate: what has changed has another name. A cache that is away costs the rendering, no more.
"""

import logging
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache as store
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

KEPT_SECONDS = 24 * 3600


def fragment(template: str, context: dict[str, Any], *, shows: object) -> SafeString:
    """Return the rendered template; `shows` is all that it depends on, as plain values."""
    digest = sha256(f"{template}\x00{edition()}\x00{shows!r}".encode()).hexdigest()
    name = f"fragment/{digest}"
    kept = _kept(name)
    if kept is None:
        kept = render_to_string(template, context)
        _keep(name, kept)
    return mark_safe(kept)  # noqa: S308 - rendered by a template, with its escaping


@cache
def edition() -> str:
    """Return a digest of the templates as they stand when the process starts."""
    folder = Path(settings.BASE_DIR) / "templates"
    files = sorted(folder.rglob("*.html"))
    return sha256(b"\x00".join(file.read_bytes() for file in files)).hexdigest()


def _kept(name: str) -> str | None:
    try:
        found: str | None = store.get(name)
    except RedisError as error:
        log.warning("The cache did not answer: %s", error)
        return None
    return found


def _keep(name: str, html: str) -> None:
    try:
        store.set(name, html, KEPT_SECONDS)
    except RedisError as error:
        log.warning("The cache did not keep a fragment: %s", error)
