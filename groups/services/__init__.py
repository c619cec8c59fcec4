"""Verbs that change who works with whom."""

from groups.services.forming import form_groups

__all__ = ["form_groups"]
