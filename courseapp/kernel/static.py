"""Static files: compressed, named by their content, and each address looked up once."""

from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from typing_extensions import override
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class CompressesOnce(Compressor):
    """Remembers contents: most lie there under two names, their own and one with a hash."""

    compress_brotli = staticmethod(cache(Compressor.compress_brotli))
    compress_gzip = staticmethod(cache(Compressor.compress_gzip))


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Remembers addresses: a page names two dozen, and none changes while the product runs."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._address_of = cache(super().url)

    @override
    def url(self, name: str, *args: Any, **options: Any) -> str:
        address: str = self._address_of(name, *args, **options)
        return address

    @override
    def compress_files(self, paths: Collection[str]) -> Iterator[tuple[str, str]]:
        """Begin with one file of each content, so that the others find theirs compressed."""
        one_each = {Path(self.path(path)).read_bytes(): path for path in paths}.values()
        yield from super().compress_files(one_each)
        yield from super().compress_files({*paths} - {*one_each})

    @override
    def create_compressor(self, **options: Any) -> Compressor:
        return CompressesOnce(**options)
