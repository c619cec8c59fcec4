"""What the person has set: the environment, and below it the `.env` file of the checkout."""

import os
from collections.abc import Mapping
from pathlib import Path

from support.environment import CHECKOUT

# Everything the product reads; `.env.example` explains each.
NAMES = (
    "ALLOWED_HOSTS",
    "BASE_URL",
    "BIND",
    "COURSEAPP_DEMO",
    "COURSEAPP_REMIND_SECONDS",
    "COURSEAPP_STATE",
    "DATABASE_OWNER_URL",
    "DATABASE_KEEPS_PLANS",
    "DATABASE_URL",
    "DEBUG",
    "DEFAULT_FROM_EMAIL",
    "EMAIL_HOST",
    "EMAIL_HOST_PASSWORD",
    "EMAIL_HOST_USER",
    "EMAIL_PORT",
    "EMAIL_USE_SSL",
    "EMAIL_USE_TLS",
    "FILES_STORE",
    "HEALTH_URL",
    "PORT",
    "RECEIPT_KEY",
    "RECEIPT_OLD_KEYS",
    "REDIS_URL",
    "S3_ACCESS_KEY_ID",
    "S3_BUCKET",
    "S3_ENDPOINT_URL",
    "S3_REGION",
    "S3_SECRET_ACCESS_KEY",
    "SECRET_KEY",
)


def read_settings() -> dict[str, str]:
    """Return the environment, completed from `.env`; an empty value counts as not set."""
    file = CHECKOUT / ".env"
    written = parse(file.read_text()) if file.is_file() else {}
    settings = written | os.environ
    return {name: value for name, value in settings.items() if value or name not in NAMES}


def without_the_products_own() -> dict[str, str]:
    """Return the environment without anything the product reads, for runs that must not be steered."""
    own = {*NAMES, "COURSEAPP_EMBEDDED_DATABASE"}
    return {name: value for name, value in os.environ.items() if name not in own}


def parse(text: str) -> dict[str, str]:
    """Read `NAME=value` lines; quotes may surround a value, ` #` begins a comment behind a bare one."""
    settings: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        stated = line.strip()
        if not stated or stated.startswith("#"):
            continue
        name, equals, value = stated.removeprefix("export ").partition("=")
        if not equals or not name.strip().isidentifier():
            raise SystemExit(f".env, line {number}: write NAME=value.")
        settings[name.strip()] = _bare(value.strip())
    return settings


def _bare(value: str) -> str:
    for quote in ("'", '"'):
        if value.startswith(quote) and (end := value.find(quote, 1)) > 0:
            return value[1:end]
    return value.partition(" #")[0].rstrip()


def state_folder(settings: dict[str, str]) -> Path:
    """Return where everything that must survive lies; a relative path counts from the working folder."""
    named = settings.get("COURSEAPP_STATE")
    return Path(named).absolute() if named else CHECKOUT / "var"


def keeps_files_here(settings: Mapping[str, str]) -> bool:
    """Say whether what is handed in lies in the state folder, not in an S3-compatible store."""
    return settings.get("FILES_STORE", "local") == "local"


def port(settings: dict[str, str]) -> int:
    """Return the port of the web server."""
    word = settings.get("PORT", "8000")
    if not word.isdecimal() or not 0 < int(word) < 65536:
        raise SystemExit(f"PORT is {word!r}; write a number from 1 to 65535.")
    return int(word)


def bind(settings: dict[str, str]) -> str:
    """Return the address the web server listens on, this machine alone unless told otherwise."""
    return settings.get("BIND", "127.0.0.1")


def base_url(settings: dict[str, str]) -> str:
    """Return the address under which people reach the product."""
    return settings.get("BASE_URL", f"http://127.0.0.1:{port(settings)}").rstrip("/")
