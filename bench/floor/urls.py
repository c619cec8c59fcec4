from django.urls import path

from bench.floor import views

urlpatterns = [
    path("page/", views.page),
    path("entry/", views.entry),
    path("table/<int:size>/", views.table),
]
