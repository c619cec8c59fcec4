"""The clocks of every zone, read from instants to wall times only: the oracle of test_zones.

The product turns local times into instants; this never does. A zone is a row of stretches between its
clock changes, in whole seconds, and what clocks show when follows by adding.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import pairwise
from zoneinfo import ZoneInfo

from courseapp.term.formats.cells import zone_names

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400
# The years that count, with room on both sides for what is due before and after.
YEARS = range(2024, 2033)
SCANNED = range(int(datetime(2023, 10, 1, tzinfo=UTC).timestamp()), 1_993_000_000, DAY)


@dataclass(frozen=True)
class Stretch:
    """From which second since 1970 on the wall clock is how many seconds ahead of UTC."""

    begins: int
    ahead: int


@dataclass(frozen=True)
class Change:
    """A clock change: at which second since 1970, and seconds ahead of UTC before and after."""

    at: int
    before: int
    after: int

    def walls_around(self) -> Iterator[int]:
        """Yield wall times from two hours before to two after, skipped and repeated ones, and edges."""
        early, late = sorted((self.at + self.before, self.at + self.after))
        yield from range(early - 2 * 3600, late + 2 * 3600 + 1, 900)
        for edge in (early, late):
            yield from (edge - 1, edge + 1)


@dataclass(frozen=True)
class Behaviour:
    """What clocks show in the zones `names`, all alike; `zone` is one of them."""

    names: tuple[str, ...]
    zone: ZoneInfo
    stretches: tuple[Stretch, ...]

    def changes(self) -> list[Change]:
        """Return the changes in the years that count."""
        found = [
            Change(at=after.begins, before=before.ahead, after=after.ahead)
            for before, after in pairwise(self.stretches)
        ]
        return [change for change in found if instant(change.at).year in YEARS]

    def wall_at(self, second: int) -> int:
        """Return what clocks show at a second, as seconds of a clock that runs by UTC."""
        return second + self._near(second)[0].ahead

    def last_showing(self, wall: int) -> int:
        """Return the last second at which clocks show `wall`.

        Where none does, that at which a clock shows it which nobody put forward.
        """
        shown, forgotten = [], []
        for stretch, following in pairwise((*self._near(wall - DAY), Stretch(wall + 2 * DAY, 0))):
            then = wall - stretch.ahead
            if stretch.begins <= then < following.begins:
                shown.append(then)
            elif following.begins <= then < following.begins + following.ahead - stretch.ahead:
                forgotten.append(then)
        return max(shown or forgotten)

    def _near(self, second: int) -> tuple[Stretch, ...]:
        """Return the stretch that a second lies in and the two that follow."""
        place = bisect_right(self.stretches, second, key=lambda stretch: stretch.begins) - 1
        return self.stretches[max(0, place) : place + 3]


def instant(second: int) -> datetime:
    """Return the instant of a second since 1970."""
    return EPOCH + timedelta(seconds=second)


@cache
def behaviours() -> tuple[Behaviour, ...]:
    """Return how clocks behave in the years that count: every zone that a course may name, once.

    Of zones with the same bytes in the pinned data one is scanned; of those that change at the same
    seconds by the same amounts one is kept. Zones are asked for their offset only, so what holds for
    one of them holds for all.
    """
    by_bytes: dict[bytes, list[str]] = defaultdict(list)
    for name in sorted(zone_names()):
        by_bytes[_pinned(name)].append(name)
    by_stretches: dict[tuple[Stretch, ...], list[str]] = defaultdict(list)
    zones = {}
    for content, names in by_bytes.items():
        zone = zones[names[0]] = _zone(names[0], content)
        by_stretches[_stretches(zone)] += names
    return tuple(
        Behaviour(names=tuple(names), zone=zones[names[0]], stretches=stretches)
        for stretches, names in by_stretches.items()
    )


def clock_of(name: str) -> Behaviour:
    """Return how the clocks of one zone behave."""
    zone = _zone(name, _pinned(name))
    return Behaviour(names=(name,), zone=zone, stretches=_stretches(zone))


def _pinned(name: str) -> bytes:
    return files("tzdata.zoneinfo").joinpath(*name.split("/")).read_bytes()


def _zone(name: str, content: bytes) -> ZoneInfo:
    return ZoneInfo.from_file(BytesIO(content), key=name)


def _stretches(zone: ZoneInfo) -> tuple[Stretch, ...]:
    """Scan day by day; no zone changes its clocks twice within one."""
    offsets = [day.astimezone(zone).utcoffset() for day in _days()]
    found = [Stretch(SCANNED[0], _ahead(zone, SCANNED[0]))]
    for place, (before, after) in enumerate(pairwise(offsets)):
        if before != after:
            low, high = SCANNED[place], SCANNED[place + 1]
            begins = _first_second(zone, low, high, before=found[-1].ahead)
            found.append(Stretch(begins, _ahead(zone, high)))
    return tuple(found)


@cache
def _days() -> tuple[datetime, ...]:
    return tuple(map(instant, SCANNED))


def _first_second(zone: ZoneInfo, low: int, high: int, *, before: int) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        if _ahead(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def _ahead(zone: ZoneInfo, second: int) -> int:
    ahead = instant(second).astimezone(zone).utcoffset()
    assert ahead is not None
    return int(ahead.total_seconds())
