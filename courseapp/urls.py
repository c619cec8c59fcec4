"""The root of all URLs; each app's own stand in its `urls.py`."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

admin.autodiscover()
# The admin's own sign-in would be a second door, by password only: it goes through allauth's.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("courseapp.pages.urls")),
    path("", include("groups.urls")),
    path("", include("schedule.urls")),
    path("", include("submissions.urls")),
    path("", include("grading.urls")),
    path("", include("courseapp.term.urls")),
]

handler500 = "courseapp.pages.errors.server_error"
