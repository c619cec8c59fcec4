"""Settings of the tests: the real database and broker of `bin/test`, quicker hashes, plain static names."""

import os

# Processes that a test starts read it too.
os.environ["RECEIPT_KEY"] = "bm90IGEgc2VjcmV0OiBrZXkgb2Ygb3VyIHRlc3RzISE="

from courseapp.settings import *  # noqa: F403 - a settings module is its names
from courseapp.settings import CACHES, REDIS_URL

SECRET_KEY = "only-for-tests-and-long-enough-for-the-deploy-checks-0123456789"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Each of several workers empties its cache between tests: it has one of its own.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
CACHES["default"]["LOCATION"] = f"{REDIS_URL.partition('?')[0]}?db={WORKER + 1}"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
CLOCK_MAY_BE_SHIFTED = True
DEMO_ALLOWED = True
# Rate limits are tried by their own test; elsewhere many people sign in from one address.
ACCOUNT_RATE_LIMITS = False
# The tests connect as the owner and act as the application (tests/conftest.py).
OWNER_DATABASE = None
APPLICATION_DATABASE_ROLE = "courseapp_app"
