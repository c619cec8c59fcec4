from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "courseapp.pages"
    label = "pages"
