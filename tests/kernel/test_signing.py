"""Signatures: the same each time, proved by the public key alone, and broken by one bit."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from courseapp.kernel import signing


def test_anybody_can_check_a_signature_with_the_public_key():
    signature = base64.b64decode(signing.sign(b"what came in"))
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(signing.public_key()))
    public.verify(signature, b"what came in")


def test_the_same_message_is_signed_the_same_way():
    assert signing.sign(b"what came in") == signing.sign(b"what came in")


@pytest.mark.parametrize("bit", range(8))
def test_one_bit_breaks_it(bit: int) -> None:
    signature = signing.sign(b"what came in")
    assert signing.is_signed_by(signing.public_key(), b"what came in", signature)
    assert not signing.is_signed_by(signing.public_key(), bytes([ord("w") ^ 1 << bit]), signature)
    broken = bytearray(base64.b64decode(signature))
    broken[bit * 8] ^= 1 << bit
    text = base64.b64encode(broken).decode()
    assert not signing.is_signed_by(signing.public_key(), b"what came in", text)


@pytest.mark.parametrize("nonsense", ["", "no base64!", "AAAA", "é" * 44, "A" * 44])
def test_nonsense_is_no_key_and_no_signature(nonsense: str) -> None:
    signature = signing.sign(b"what came in")
    assert not signing.is_signed_by(nonsense, b"what came in", signature)
    assert not signing.is_signed_by(signing.public_key(), b"what came in", nonsense)


def test_a_former_key_stays_known_and_signs_no_more(settings: Any) -> None:
    former, signature = signing.public_key(), signing.sign(b"what came in")
    settings.RECEIPT_KEY = bytes(range(32))
    settings.RECEIPT_OLD_KEYS = [base64.b64decode(former)]
    assert signing.known_keys() == (signing.public_key(), former)
    assert signing.is_signed_by(former, b"what came in", signature)
    assert not signing.is_signed_by(signing.public_key(), b"what came in", signature)


def test_a_key_is_told_by_its_fingerprint():
    assert signing.fingerprint_of("AAAA").startswith("709e80c88487a241")
