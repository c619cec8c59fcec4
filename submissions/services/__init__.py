"""Verbs that write what is due, what came in, and who is told."""
