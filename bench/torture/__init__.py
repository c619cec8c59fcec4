"""Storms: a whole `bin/up` of its own under load while something is done to it (docs/torture.md)."""
