"""A bucket of an S3-compatible service: what is put is asked for again before anybody is told."""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BufferedReader
from itertools import chain
from typing import Any, Final, cast

from courseapp.kernel.files.kept import CHUNK, KeptFile, StoreAway
from courseapp.kernel.files.remote import RemoteFile, asking

# Of one request to the store; the protocol wants 5 MB at least of every part but the last.
PART: Final = 8 * CHUNK
CONNECT_SECONDS: Final = 3
READ_SECONDS: Final = 20
ATTEMPTS: Final = 3
CONNECTIONS: Final = 32


@dataclass(frozen=True)
class Service:
    """Where the service is reached and as whom; without a key, as the machine that asks."""

    endpoint_url: str
    region: str
    access_key_id: str
    secret_access_key: str


@cache
def client_of(service: Service) -> Any:
    """Return a client, made once a process; its library is loaded when first asked for."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        "s3",
        endpoint_url=service.endpoint_url or None,
        region_name=service.region,
        aws_access_key_id=service.access_key_id or None,
        aws_secret_access_key=service.secret_access_key or None,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            max_pool_connections=CONNECTIONS,
            s3={"addressing_style": "path" if service.endpoint_url else "auto"},
            # Other services than the first do not know the newer checksums; ours is Content-MD5.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


class Bucket:
    """Objects by their key. FileNotFoundError says that there is none, `StoreAway` all that goes wrong else."""

    def __init__(self, client: Any, name: str) -> None:
        self._client, self._name = client, name

    def write(self, key: str, chunks: Iterable[bytes]) -> KeptFile:
        """Write an object of any size; it is there whole or not at all."""
        digest, size = hashlib.sha256(), 0
        blocks = _blocks(chunks)
        first, second = next(blocks, b""), next(blocks, None)
        if second is None:
            digest.update(first)
            self.put(key, first)
            return KeptFile(key=key, size=len(first), sha256=digest.hexdigest())
        with self._in_parts(key) as parts:
            for block in chain([first, second], blocks):
                digest.update(block)
                size += len(block)
                parts.append(self._part(key, parts.upload, len(parts) + 1, block))
        self._require(key, size)
        return KeptFile(key=key, size=size, sha256=digest.hexdigest())

    def put(self, key: str, content: bytes) -> None:
        """Put an object and see that it is there: only then anybody is told."""
        with asking(key):
            self._client.put_object(
                Bucket=self._name, Key=key, Body=content, ContentMD5=_md5_of(content)
            )
        self._require(key, len(content))

    @contextmanager
    def _in_parts(self, key: str) -> Iterator["_Parts"]:
        """Collect the parts of a large object; they become one when all of them are there."""
        place = {"Bucket": self._name, "Key": key}
        with asking(key):
            upload = self._client.create_multipart_upload(**place)["UploadId"]
        parts = _Parts(upload)
        try:
            yield parts
        except BaseException:
            with asking(key):
                self._client.abort_multipart_upload(**place, UploadId=upload)
            raise
        with asking(key):
            self._client.complete_multipart_upload(
                **place, UploadId=upload, MultipartUpload={"Parts": list(parts)}
            )

    def _part(self, key: str, upload: str, number: int, block: bytes) -> dict[str, Any]:
        with asking(key):
            answer = self._client.upload_part(
                Bucket=self._name,
                Key=key,
                UploadId=upload,
                PartNumber=number,
                Body=block,
                ContentMD5=_md5_of(block),
            )
        return {"PartNumber": number, "ETag": answer["ETag"]}

    def _require(self, key: str, size: int) -> None:
        try:
            found = self.size_of(key)
        except FileNotFoundError as error:
            raise StoreAway(f"{key} is not there after it was put") from error
        if found != size:
            raise StoreAway(f"{key} has {found} bytes instead of {size}")

    def size_of(self, key: str) -> int:
        """Return an object's size in bytes."""
        with asking(key):
            answer = self._client.head_object(Bucket=self._name, Key=key)
        return cast("int", answer["ContentLength"])

    def open(self, key: str) -> BufferedReader:
        """Open an object; what is read is asked for then."""
        return RemoteFile.buffered(lambda start: self._read_from(key, start), self.size_of(key))

    def read(self, key: str, size: int) -> bytes:
        """Return the first bytes of an object that has as many."""
        with asking(key):
            answer = self._client.get_object(
                Bucket=self._name, Key=key, Range=f"bytes=0-{size - 1}"
            )
            return cast("bytes", answer["Body"].read())

    def _read_from(self, key: str, start: int) -> Any:
        with asking(key):
            answer = self._client.get_object(Bucket=self._name, Key=key, Range=f"bytes={start}-")
        return answer["Body"]

    def delete(self, key: str) -> None:
        """Delete an object; one that is not there is no error."""
        with asking(key):
            self._client.delete_object(Bucket=self._name, Key=key)

    def listed(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Return key and size of every object whose key begins so."""
        with asking(prefix):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._name, Prefix=prefix):
                for found in page.get("Contents", ()):
                    yield found["Key"], found["Size"]


class _Parts(list[dict[str, Any]]):
    """The parts that were put so far, and the upload that they belong to."""

    def __init__(self, upload: str) -> None:
        super().__init__()
        self.upload = upload


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Put the chunks together into blocks as large as a part; the last may be smaller."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= PART:
            yield bytes(waiting[:PART])
            del waiting[:PART]
    if waiting:
        yield bytes(waiting)


def _md5_of(content: bytes) -> str:
    """Return what the service compares the bytes with that reached it."""
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
