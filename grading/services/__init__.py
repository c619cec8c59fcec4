"""Verbs that plan, award and release grades."""
