from django.apps import AppConfig


class CourseConfig(AppConfig):
    name = "courseapp.course"
    label = "course"
