"""Typed readers of the environment; a bad value stops the start with a sentence that names it."""

import base64
import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

KEY_LENGTH = 32
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})


def text(name: str, default: str | None = None) -> str:
    """Return the variable; without a default it must be set and not empty."""
    value = os.environ.get(name) or default
    if value is None:
        raise ImproperlyConfigured(f"Set {name} (see .env.example), or start with bin/up.")
    return value


def truth(name: str, *, default: bool) -> bool:
    """Return a yes or no, written as 1/0, true/false, yes/no or on/off."""
    word = os.environ.get(name)
    if word is None:
        return default
    if word.lower() in TRUE_WORDS:
        return True
    if word.lower() in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name} is {word!r}; write 1 or 0.")


def number(name: str, default: int) -> int:
    """Return a whole number."""
    word = os.environ.get(name) or str(default)
    try:
        return int(word)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {word!r}; write a whole number.") from error


def words(name: str, default: str = "") -> list[str]:
    """Return the comma-separated parts, without blanks."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def choice(name: str, known: tuple[str, ...]) -> str:
    """Return one of the known words; the first where nothing is set."""
    word = os.environ.get(name) or known[0]
    if word not in known:
        raise ImproperlyConfigured(f"{name} is {word!r}; write {' or '.join(known)}.")
    return word


def key(name: str) -> bytes:
    """Return 32 bytes, written in base64; they must be set."""
    return _key(name, text(name))


def keys(name: str) -> list[bytes]:
    """Return what stands between commas, 32 bytes each, written in base64."""
    return [_key(name, word) for word in words(name)]


def _key(name: str, word: str) -> bytes:
    try:
        raw = base64.b64decode(word, validate=True)
    except ValueError:
        raw = b""
    if len(raw) != KEY_LENGTH:
        raise ImproperlyConfigured(f"{name} must be {KEY_LENGTH} bytes in base64.")
    return raw


def folder(name: str, default: Path) -> Path:
    """Return an absolute path; a relative one counts from the working folder."""
    return Path(os.environ.get(name) or default).absolute()


def celery_broker(redis_url: str) -> str:
    """Translate redis-py's form of a unix-socket address into Celery's; others stay as they are."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parts.query.removeprefix("db=") or "0"
    return f"redis+socket://{parts.path}?virtual_host={database}"


def own_url(port: int) -> str:
    """Return the address at which the web of this machine answers whether it is well."""
    bound = os.environ.get("BIND") or "127.0.0.1"
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bound, bound)  # noqa: S104 - is asked, not bound
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/healthz/"
