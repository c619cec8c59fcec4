"""Reads of grades: what was awarded, what is visible, where a student stands."""
