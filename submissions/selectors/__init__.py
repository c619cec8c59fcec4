"""Reads of what is due and what came in."""
