"""Where libraries ask us: allauth's adapter and the admin site."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as library_context
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from typing_extensions import override

from courseapp.accounts.models import User
from courseapp.course import selectors, services
from courseapp.kernel import clock, mail
from courseapp.kernel.mail import Letter

# A code that no longer works is not mailed either.
CODE_LIFE = timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
LOOPBACK = frozenset({"127.0.0.1", "::1", ""})
FORWARDED_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED")


def is_from_this_machine(request: HttpRequest) -> bool:
    """Say whether the request was made here, and not through a proxy."""
    if any(header in request.META for header in FORWARDED_HEADERS):
        return False
    return request.META.get("REMOTE_ADDR", "") in LOOPBACK


class AccountAdapter(DefaultAccountAdapter):
    """No sign-up; mails through the outbox; a proved address claims its enrollments."""

    @override
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    @override
    def pre_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse | None:
        if user.is_sample and not is_from_this_machine(request):
            raise PermissionDenied("This invented account signs in from the server's machine only.")
        response: HttpResponse | None = super().pre_login(request, user, **options)
        return response

    @override
    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        self._claim(user)
        response: HttpResponse = super().post_login(request, user, **options)
        return response

    @override
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            self._claim(email_address.user)
        return confirmed

    def _claim(self, user: User) -> None:
        proved = EmailAddress.objects.filter(user=user, verified=True)
        services.claim_enrollments(
            user=user,
            proved_addresses=list(proved.values_list("email", flat=True)),
            now=clock.now(),
        )

    @override
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        request = library_context.request
        frame = {"request": request, "email": email, "current_site": get_current_site(request)}
        message = self.render_mail(template_prefix, email, {**frame, **context})
        now = clock.now()
        letter = Letter(
            kind="accounts/from_library",
            recipient=email,
            context={"subject": message.subject, "body": message.body},
            is_secret=True,
            not_after=now + CODE_LIFE if template_prefix.endswith("login_code") else None,
        )
        mail.queue([letter], now=now)


class CourseAdminSite(AdminSite):
    """Django's admin for the staff of courses: each model admin asks our policies for the rest."""

    site_header = "Seminar"
    site_title = "Seminar"
    index_title = "The course's records"
    enable_nav_sidebar = False

    @override
    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        if not user.is_active or not isinstance(user, User):
            return False
        return user.is_superuser or selectors.is_staff_somewhere(user.pk)
