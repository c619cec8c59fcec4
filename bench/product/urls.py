from django.urls import include, path

from bench.product import views

urlpatterns = [
    path("", include("courseapp.urls")),
    path("c/<slug:course>/empty/", views.empty),
]
