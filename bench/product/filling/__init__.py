"""Courses with people, schedules and work in them, made by the database in a few statements."""
