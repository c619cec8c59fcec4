from importlib import import_module
from pkgutil import iter_modules

from django.apps import AppConfig
from typing_extensions import override


class TermConfig(AppConfig):
    name = "courseapp.term"
    label = "term"

    @override
    def ready(self) -> None:
        """Make every action known: an act is undone by processes that never showed its form."""
        acts = import_module("courseapp.term.acts")
        for module in iter_modules(acts.__path__):
            import_module(f"courseapp.term.acts.{module.name}")
