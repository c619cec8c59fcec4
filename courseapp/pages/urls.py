from django.urls import path

from courseapp.pages import views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("healthz/", views.health_check, name="health"),
    path("c/<slug:course>/", views.course_page, name="course-page"),
    path("c/<slug:course>/programme.pdf", views.programme, name="programme"),
    path("c/<slug:course>/edit/<slug:section>/", views.edit_course, name="edit-course"),
    path(
        "c/<slug:course>/office-hours/<int:enrollment_id>/",
        views.office_hours,
        name="office-hours",
    ),
    path("c/<slug:course>/publish/", views.publish, name="publish"),
    path("c/<slug:course>/home/", views.home, name="home"),
    path("c/<slug:course>/group/", views.group, name="group"),
    path("c/<slug:course>/lectures/<int:lecture_id>/", views.lecture, name="lecture"),
    path("c/<slug:course>/outbox/", views.outbox, name="outbox"),
]
