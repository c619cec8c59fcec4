"""What the protocol's headers say, and what they must not."""

import hashlib
from base64 import b64encode
from datetime import UTC, datetime

import pytest

from courseapp.kernel import tus


def b64(text: str) -> str:
    return b64encode(text.encode()).decode()


def test_metadata_is_pairs_of_a_key_and_a_text():
    said = f"filename {b64('Folien für Ü.pptx')},empty, key {b64('a' * 32)}"
    assert tus.metadata_of({"Upload-Metadata": said}) == {
        "filename": "Folien für Ü.pptx",
        "empty": "",
        "key": "a" * 32,
    }
    assert tus.metadata_of({}) == {}


@pytest.mark.parametrize(
    "said", ["name %%%", f"name {b64('a')},name {b64('b')}", " , ", "name /w=="]
)
def test_metadata_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(tus.Misspoken) as refused:
        tus.metadata_of({"Upload-Metadata": said})
    assert refused.value.status == 400


@pytest.mark.parametrize("said", [None, "", "-1", "1.5", "0x10", "\u0661", "9" * 16, " 1"])
def test_a_length_is_a_number_of_bytes(said: str | None) -> None:
    headers = {} if said is None else {"Upload-Length": said}
    with pytest.raises(tus.Misspoken) as refused:
        tus.length_of(headers)
    assert (refused.value.status, refused.value.sentence) == (
        400,
        "Upload-Length must be a number of bytes.",
    )


def test_a_number_of_bytes_is_read():
    assert tus.length_of({"Upload-Length": "209715200"}) == 209_715_200
    assert tus.offset_of({"Upload-Offset": "0"}) == 0


@pytest.mark.parametrize("said", [None, "0.2.2", "1.0", ""])
def test_only_our_version_is_spoken(said: str | None) -> None:
    with pytest.raises(tus.Misspoken) as refused:
        tus.require_version({} if said is None else {"Tus-Resumable": said})
    assert refused.value.status == 412


@pytest.mark.parametrize("algorithm", tus.ALGORITHMS)
def test_a_checksum_names_its_algorithm(algorithm: str) -> None:
    digest = hashlib.new(algorithm, b"some bytes").digest()
    said = f"{algorithm} {b64encode(digest).decode()}"
    checksum = tus.checksum_of({"Upload-Checksum": said})
    assert checksum is not None
    seen = checksum.begin()
    seen.update(b"some bytes")
    assert seen.digest() == checksum.digest
    assert tus.checksum_of({}) is None


@pytest.mark.parametrize("said", ["md5 aaaa", "sha1", "sha1 ?", "crc32 aa=="])
def test_a_checksum_that_cannot_be_compared_is_refused(said: str) -> None:
    if said == "sha1":
        assert tus.checksum_of({"Upload-Checksum": said}) == tus.Checksum("sha1", b"")
        return
    with pytest.raises(tus.Misspoken) as refused:
        tus.checksum_of({"Upload-Checksum": said})
    assert refused.value.status == 400


def test_a_network_that_lets_only_posts_pass_is_helped():
    assert tus.method_of("POST", {"X-HTTP-Method-Override": "patch"}) == "PATCH"
    assert tus.method_of("POST", {}) == "POST"
    assert tus.method_of("GET", {"X-HTTP-Method-Override": "DELETE"}) == "GET"


def test_how_far_an_upload_is_says_until_when_it_can_go_on():
    at = datetime(2025, 2, 12, 18, 30, tzinfo=UTC)
    assert tus.standing(offset=3, length=9, expires_at=at) == {
        "Upload-Offset": "3",
        "Upload-Length": "9",
        "Upload-Expires": "Wed, 12 Feb 2025 18:30:00 GMT",
    }
    assert "Upload-Expires" not in tus.standing(offset=9, length=9, expires_at=None)


def test_what_this_server_can_is_told():
    can = tus.options(max_size=200)
    assert can["Tus-Version"] == "1.0.0"
    assert can["Tus-Max-Size"] == "200"
    assert "creation-with-upload" in can["Tus-Extension"].split(",")
