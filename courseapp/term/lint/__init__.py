"""The lint of a course's schedule: what is odd is told, never blocked (domain.md §6, §7, §12)."""

from courseapp.term.lint.checking import check_course

__all__ = ["check_course"]
