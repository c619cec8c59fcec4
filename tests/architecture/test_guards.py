"""A view that asks nobody lets nobody in, and every view of ours asks."""

import ast
from typing import Any

import pytest
from django.core import checks
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver, path, reverse

from courseapp.kernel.checks import every_view_declares_a_guard, routes
from courseapp.kernel.guard import GuardedRequest, public
from courseapp.kernel.middleware import is_exempt
from courseapp.urls import urlpatterns as our_urls
from tests.architecture.house import decorators_of, modules_named, shown, tree_of
from tests.factories import make_user


def forgetful(request: HttpRequest) -> HttpResponse:
    """Answer whoever asks: its author forgot the guard."""
    return HttpResponse("a secret")


@public("This page of a test shows nothing.")
def welcoming(request: GuardedRequest) -> HttpResponse:
    """Answer whoever asks, and say why."""
    return HttpResponse("welcome")


class Urls:
    """The product's URLs with one more view that forgot its guard, and one that did not."""

    urlpatterns = [*our_urls, path("forgetful/", forgetful), path("welcoming/", welcoming)]


@pytest.fixture
def _with_a_forgetful_view(settings: Any) -> None:
    settings.ROOT_URLCONF = Urls


@pytest.mark.django_db
@pytest.mark.usefixtures("_with_a_forgetful_view")
def test_a_view_without_a_guard_is_not_found():
    client = Client()
    client.force_login(make_user("someone@example.edu"))
    assert client.get("/welcoming/").content == b"welcome"
    assert client.get("/forgetful/").status_code == 404


@pytest.mark.django_db
@pytest.mark.usefixtures("_with_a_forgetful_view")
def test_a_visitor_of_a_view_without_a_guard_is_asked_to_sign_in():
    answer = Client().get("/forgetful/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{reverse('account_login')}?next=/forgetful/"


@pytest.mark.usefixtures("_with_a_forgetful_view")
def test_a_view_without_a_guard_is_an_error_of_the_check():
    (error,) = every_view_declares_a_guard(None)
    assert (error.id, error.level) == ("kernel.E001", checks.ERROR)
    assert error.msg == "The view of /forgetful/ declares no guard."


def test_manage_py_check_asks_for_guards():
    assert every_view_declares_a_guard in checks.registry.registry.get_checks()


def test_every_view_of_ours_declares_its_guard():
    assert every_view_declares_a_guard(None) == []
    ours = [pattern.callback for route, pattern in routes(get_resolver()) if not is_exempt(route)]
    assert len(ours) > 20
    assert all(getattr(view, "declares_guard", False) for view in ours)


def test_every_view_says_first_by_which_methods_it_is_asked():
    # The guard stands innermost: what wraps it sees the request first, and answers 405 by itself.
    assert {
        f"{shown(module)}: {view.name}": decorators_of(view)
        for module in modules_named("views")
        for view in tree_of(module).body
        if isinstance(view, ast.FunctionDef)
        if not view.name.startswith("_")
        if not is_well_guarded(decorators_of(view))
    } == {}


def is_well_guarded(decorators: list[str]) -> bool:
    """Say whether a view declares its methods, and then its guard, and nothing below it."""
    return (
        len(decorators) >= 2
        and decorators[0] in {"require_GET", "require_POST", "require_safe", "require_http_methods"}
        and decorators[-1] in {"guard", "public"}
    )
