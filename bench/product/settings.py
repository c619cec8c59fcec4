"""The product's settings, with the bench's URLs and templates."""

from pathlib import Path

from courseapp import settings as product
from courseapp.settings import *  # noqa: F403 - a settings module is its names

ROOT_URLCONF = "bench.product.urls"
TEMPLATES = [
    {**engine, "DIRS": [product.BASE_DIR / "templates", Path(__file__).parent / "templates"]}
    for engine in product.TEMPLATES
]
