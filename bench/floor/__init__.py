"""The floor: the least that Django does for a page, on the product's web server and database."""
