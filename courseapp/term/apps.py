from django.apps import AppConfig


class TermConfig(AppConfig):
    name = "courseapp.term"
    label = "term"
