"""House rules that `manage.py check` enforces."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver

from courseapp.kernel.middleware import is_exempt


def every_view_declares_a_guard(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Report each URL whose view has neither `@guard` nor `@public`."""
    return [
        Error(
            f"The view of /{route} declares no guard.",
            hint="Write @guard(load=…, policy=…) or @public('why') above it.",
            id="kernel.E001",
        )
        for route, pattern in routes(get_resolver())
        if not is_exempt(route) and not getattr(pattern.callback, "declares_guard", False)
    ]


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every URL pattern below the resolver with its whole route."""
    for pattern in resolver.url_patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        else:
            yield route, pattern
