"""Hostile and odd files, built in code, each with the verdict that it must get (failures.md, test 32)."""
