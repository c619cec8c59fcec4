"""The frame around a page."""

from functools import cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def same(name: str) -> SafeString:
    """Return a template that shows the same on every page, rendered once a process."""
    return render_to_string(name) if settings.DEBUG else _kept(name)


@cache
def _kept(name: str) -> SafeString:
    return render_to_string(name)
