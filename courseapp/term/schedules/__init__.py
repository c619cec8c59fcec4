"""A schedule over a standing one: the difference first, then all of it or nothing (domain.md §12)."""
