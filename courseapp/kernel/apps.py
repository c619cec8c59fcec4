from django.apps import AppConfig
from django.core import checks
from typing_extensions import override


class KernelConfig(AppConfig):
    name = "courseapp.kernel"
    label = "kernel"

    @override
    def ready(self) -> None:
        from courseapp.kernel.checks import every_view_declares_a_guard  # noqa: PLC0415 - apps first

        checks.register(every_view_declares_a_guard, checks.Tags.urls)
