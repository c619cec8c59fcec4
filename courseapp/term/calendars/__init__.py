"""The course in calendar programs: one feed for everyone, one for each person (domain.md §11)."""
