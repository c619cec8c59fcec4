"""Pages of the plan of roles, rankings and slots."""
