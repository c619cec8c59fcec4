"""Verbs that change the schedule, by noun."""
