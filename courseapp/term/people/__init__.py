"""Who is in the course and who works with whom, as staff see it."""
