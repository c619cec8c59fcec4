"""The cache in the broker's server, asked by one client for as long as its pool lives."""

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from typing_extensions import override


class KeptClient(RedisCacheClient):
    """Keeps its clients: making one takes longer than asking, and each page asks for its session.

    There is one server; with several, each process would read from one of them.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._clients: dict[bool, Any] = {}

    @override
    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._clients:
            self._clients[write] = super().get_client(key, write=write)
        return self._clients[write]


class Cache(RedisCache):
    """Django's, with kept clients."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._class = KeptClient
