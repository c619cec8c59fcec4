"""Signatures that prove what this server said, without asking it: Ed25519, by a key of its own.

Public keys and signatures are written in base64. The same bytes under the same key always get the
same signature, so nothing has to be kept.
"""

import base64
import hashlib
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings


def sign(message: bytes) -> str:
    """Return the server's signature of a message."""
    return _text(_private(settings.RECEIPT_KEY).sign(message))


def public_key() -> str:
    """Return the key by which anybody can check what `sign` returns."""
    return _public(settings.RECEIPT_KEY)


def known_keys() -> tuple[str, ...]:
    """Return the public keys that this server signs with or has signed with, the present one first."""
    return (public_key(), *(_text(key) for key in settings.RECEIPT_OLD_KEYS))


def is_signed_by(key: str, message: bytes, signature: str) -> bool:
    """Say whether the signature of the message was made with the other half of a public key."""
    try:
        _read_public(key).verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint_of(key: str) -> str:
    """Return the SHA-256 of a public key, in hex, by which people compare keys."""
    return hashlib.sha256(base64.b64decode(key)).hexdigest()


@cache
def _private(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


@cache
def _public(seed: bytes) -> str:
    return _text(_private(seed).public_key().public_bytes_raw())


def _read_public(key: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
