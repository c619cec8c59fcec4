"""Static files: compressed, named by their content, and each address looked up once."""

from functools import cache
from typing import Any

from typing_extensions import override
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Remembers addresses: a page names two dozen, and none changes while the product runs."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._address_of = cache(super().url)

    @override
    def url(self, name: str, *args: Any, **options: Any) -> str:
        address: str = self._address_of(name, *args, **options)
        return address
