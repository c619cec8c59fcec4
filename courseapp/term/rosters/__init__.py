"""A roster over a standing course: the difference first, then all of it or nothing (domain.md §12)."""
