"""Markdown that people wrote, rendered and then sanitised."""

import nh3
from django import template
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

register = template.Library()

_renderer = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
_TAGS = nh3.ALLOWED_TAGS - {"img", "h1"}


@register.filter
def prose(text: str) -> SafeString:
    """Render Markdown as HTML that carries no script, no picture and no foreign style."""
    html = nh3.clean(_renderer.render(text), tags=_TAGS, link_rel="noopener noreferrer")
    return mark_safe(html)  # noqa: S308 - nh3 has just cleaned it


@register.filter
def web_address(text: str) -> str:
    """Return an address that leads into the web; empty for any other, as for what a browser would run."""
    return text if text.lower().startswith(("https://", "http://")) else ""
