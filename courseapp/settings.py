"""Settings: they read the environment only (`.env.example` lists every variable)."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import reset_tzpath

import dj_database_url
import django_stubs_ext

from courseapp import environment

django_stubs_ext.monkeypatch()
# When something is due is told by the pinned table of zones, not by whatever the machine has.
reset_tzpath(to=())

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = environment.folder("COURSEAPP_STATE", BASE_DIR / "var")

# Where we are reached, and whether that is over TLS: cookies, redirects and links in mails follow it.
PORT = environment.number("PORT", 8000)
BASE_URL = environment.text("BASE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
IS_HTTPS = BASE_URL.startswith("https://")
DEBUG = environment.truth("DEBUG", default=False)
SECRET_KEY = environment.text("SECRET_KEY")
# Signs receipts: the private half as it is, of former ones the public half.
RECEIPT_KEY = environment.key("RECEIPT_KEY")
RECEIPT_OLD_KEYS = environment.keys("RECEIPT_OLD_KEYS")
ALLOWED_HOSTS = [
    *environment.words("ALLOWED_HOSTS"),
    urlsplit(BASE_URL).hostname or "",
    "127.0.0.1",
    "localhost",
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "courseapp.kernel",  # first: its commands take the place of Django's
    "courseapp.accounts",
    "courseapp.course",
    "groups",
    "schedule",
    "submissions",
    "grading",
    "courseapp.term",
    "courseapp.pages",
    "courseapp.demo",
    "allauth",
    "allauth.account",
    "pgtrigger",
    "pghistory",
    "csp",
    "courseapp.adminsite.CourseAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "courseapp.kernel.patience.PatienceMiddleware",  # before anything reads a body
    "courseapp.kernel.middleware.WholeFormsMiddleware",  # before anything else reads a form
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "courseapp.kernel.middleware.GuardMiddleware",
]

ROOT_URLCONF = "courseapp.urls"
WSGI_APPLICATION = "courseapp.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "courseapp.kernel.templatetags.numbers",
                "courseapp.kernel.templatetags.times",
                "courseapp.kernel.templatetags.prose",
            ],
        },
    },
]

# Two database roles: the application's cannot change history; the owner's migrates.
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        environment.text("DATABASE_URL"), conn_max_age=600, conn_health_checks=True
    ),
}
# What a connection has planned it keeps (docs/adr/0020); not behind a pooler. A plan is for any
# values, and so are those of the triggers.
DATABASE_KEEPS_PLANS = environment.truth("DATABASE_KEEPS_PLANS", default=True)
if DATABASE_KEEPS_PLANS:
    _options = DATABASES["default"].setdefault("OPTIONS", {})
    _options["options"] = (
        f"{_options.get('options', '')} -c plan_cache_mode=force_generic_plan".strip()
    )
OWNER_DATABASE: dict[str, Any] | None = dict(
    dj_database_url.parse(environment.text("DATABASE_OWNER_URL", environment.text("DATABASE_URL"))),
)
APPLICATION_DATABASE_ROLE: str = DATABASES["default"]["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = environment.text("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "courseapp.kernel.cache.Cache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "courseapp",
    },
}
CELERY_BROKER_URL = environment.celery_broker(REDIS_URL)

# Jobs: Postgres holds the truth, the broker only hints (docs/adr/0001-the-house.md).
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 30,
    "socket_keepalive": True,
    "health_check_interval": 30,
}
CELERY_TIMEZONE = "UTC"
# A hint that cannot be sent is no loss: the sweep finds the row. So never wait long for the broker.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_BEAT_SCHEDULE = {
    "sweep-outbox": {"task": "kernel.sweep_outbox", "schedule": 20.0},
    "cut-drafts": {"task": "submissions.cut_drafts", "schedule": 20.0},
    "check-files": {"task": "submissions.check_files", "schedule": 20.0},
    "settle-uploads": {"task": "submissions.settle_uploads", "schedule": 60.0},
    "make-archives": {"task": "submissions.make_archives", "schedule": 20.0},
    "report-what-came-in": {"task": "submissions.report", "schedule": 60.0},
    "solve-plans": {"task": "schedule.solve_plans", "schedule": 20.0},
    "check-invariants": {"task": "term.check_invariants", "schedule": 3600.0},
    # A pulse that was late says nothing any more.
    "pulse": {"task": "submissions.pulse", "schedule": 30.0, "options": {"expires": 25.0}},
    "settle-swaps": {"task": "term.settle_swaps", "schedule": 300.0},
    "settle-rules": {"task": "term.settle_rules", "schedule": 900.0},
    "remind": {
        "task": "submissions.remind",
        "schedule": float(environment.number("COURSEAPP_REMIND_SECONDS", 60)),
    },
}

# Where the worker asks whether the web answers: behind whatever stands before it.
HEALTH_URL = environment.text("HEALTH_URL", environment.own_url(PORT))

# People: no sign-up (the roster decides who comes in), codes by mail first, passwords second.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["courseapp.accounts.adapters.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "courseapp.course.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {"add_email": "courseapp.accounts.forms.NoFurtherAddressForm"}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
# Sessions are read from the cache and kept in the database: a lost cache signs nobody out.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

# The guard: who asks is loaded by the course app; library routes are listed once, with the reason.
ACTOR_LOADER = "courseapp.course.actors.load_actor"
FRAME_LOADER = "courseapp.pages.frame.frame_of"
GUARD_EXEMPT_PREFIXES = {
    "accounts/": "allauth's own pages: signing in and the person's addresses",
    "admin/": "Django's admin: its site and model admins ask our policies themselves",
}
# Mails whose text is decided at the moment of sending: kind -> function(mail, now) -> Rendered | None.
MAIL_RENDERERS = {"submissions/reminder": "submissions.services.reminders.render_reminder"}

# Mail: a server where one is named, else files in the state folder.
EMAIL_HOST = environment.text("EMAIL_HOST", "") or ""
EMAIL_PORT = environment.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = environment.truth("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = environment.truth("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = STATE_DIR / "mail"
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", f"course@{urlsplit(BASE_URL).hostname}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Files: what was handed in lies outside every web root and is served by one guarded view.
FILES_STORE = environment.choice("FILES_STORE", ("local", "s3"))
FILES_ROOT = STATE_DIR / "files"
S3_BUCKET = environment.text("S3_BUCKET", "" if FILES_STORE == "local" else None)
S3_ENDPOINT_URL = environment.text("S3_ENDPOINT_URL", "")
S3_REGION = environment.text("S3_REGION", "us-east-1")
S3_ACCESS_KEY_ID = environment.text("S3_ACCESS_KEY_ID", "")
S3_SECRET_ACCESS_KEY = environment.text("S3_SECRET_ACCESS_KEY", "")
FILE_SIZE_LIMIT = 200 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_NUMBER_FILES = 10
STATIC_URL = "static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "courseapp.kernel.static.StaticFiles"},
}

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# A demo, tests and staging may shift the product's clock; a production server refuses to.
CLOCK_MAY_BE_SHIFTED = environment.truth("COURSEAPP_EMBEDDED_DATABASE", default=False)
DEMO_ALLOWED = environment.truth(
    "COURSEAPP_EMBEDDED_DATABASE", default=False
) and environment.truth("COURSEAPP_DEMO", default=True)

# The components of the pages, for those who build them.
SHOWS_STYLEGUIDE = DEBUG

# Browsers: only our own files, no inline code, no framing.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-sessionid" if IS_HTTPS else f"sessionid-{PORT}"
CSRF_COOKIE_NAME = "__Host-csrftoken" if IS_HTTPS else f"csrftoken-{PORT}"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
