"""The admin app with our site in place of Django's."""

from django.contrib.admin.apps import AdminConfig


class CourseAdminConfig(AdminConfig):
    default_site = "courseapp.course.adapters.CourseAdminSite"
