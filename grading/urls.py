from django.urls import path

from grading import views

urlpatterns = [
    path("c/<slug:course>/grades/", views.grades, name="grades"),
    # staff
    path("c/<slug:course>/grading/", views.grading, name="grading"),
    path("c/<slug:course>/grading/<int:part_id>/", views.grading_part, name="grading-part"),
    path("c/<slug:course>/grading/<int:part_id>/release/", views.release, name="release"),
    path("c/<slug:course>/grading/<int:part_id>/take-back/", views.take_back, name="take-back"),
]
