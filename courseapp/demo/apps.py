from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "courseapp.demo"
    label = "demo"
