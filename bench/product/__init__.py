"""The product as the bench runs it: its own settings and URLs, with one empty page more."""
