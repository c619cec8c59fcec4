"""Pages of handing in and of the project, by noun."""
