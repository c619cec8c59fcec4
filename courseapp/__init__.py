"""The product's composition root and the apps that belong to no single noun."""

from courseapp.celery import app as celery_app

__all__ = ["celery_app"]
