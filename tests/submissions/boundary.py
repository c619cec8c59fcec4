"""One verdict for each way in at each side of an instant: the table that test_boundary goes through.

Each row shifts one instant by a microsecond to either side: that which it names, against the due
instant that holds for the owner (or, where it says so, against the end of a pledge's window). What is
expected stands once, for deliverables that keep late work and for those that are closed.
"""

from dataclasses import dataclass
from typing import Final

ON_TIME: Final = "on time"
LATE: Final = "late"
# Refused with this code, with nothing kept; nothing at all where nobody was there to be told.
CLOSED: Final = "closed"
NOTHING: Final = "nothing"

# One microsecond before, at, and one microsecond after.
OFFSETS: Final = (-1, 0, 1)
Verdicts = tuple[str, str, str]


@dataclass(frozen=True)
class Row:
    """A way in, the instant that is shifted, and what is expected of it before, at and after."""

    way: str
    shifted: str
    kept: Verdicts
    closed: Verdicts

    def expected(self, *, is_closed: bool) -> dict[int, str]:
        """Return the verdict at each offset, in microseconds."""
        return dict(zip(OFFSETS, self.closed if is_closed else self.kept, strict=True))


IN_TIME_OR_LATE: Final = (ON_TIME, ON_TIME, LATE)
IN_TIME_OR_CLOSED: Final = (ON_TIME, ON_TIME, CLOSED)
ALL_LATE: Final = (LATE, LATE, LATE)
ALL_CLOSED: Final = (CLOSED, CLOSED, CLOSED)


def _plain(way: str, shifted: str = "received") -> Row:
    return Row(way, shifted, kept=IN_TIME_OR_LATE, closed=IN_TIME_OR_CLOSED)


TABLE: Final = (
    _plain("question by the service"),
    _plain("question by its page"),
    _plain("summary by the service"),
    _plain("summary by its page"),
    # What is being typed was received when it was typed, whenever a version is cut from it.
    _plain("draft, cut when it rests", "typed"),
    _plain("draft by its address, cut when it is due", "typed"),
    Row(
        "draft an hour before, other words",
        "typed",
        kept=(ON_TIME, ON_TIME, ON_TIME),
        closed=(ON_TIME, ON_TIME, ON_TIME),
    ),
    Row(
        "draft an hour before, the same words saved",
        "saved",
        kept=(ON_TIME, ON_TIME, ON_TIME),
        closed=(ON_TIME, ON_TIME, ON_TIME),
    ),
    Row(
        "draft an hour before, other words saved",
        "saved",
        kept=(ON_TIME, ON_TIME, ON_TIME),
        closed=(ON_TIME, ON_TIME, ON_TIME),
    ),
    _plain("file by the service"),
    _plain("file by its page"),
    _plain("file by staff, by the service"),
    _plain("file by staff, by the admin"),
    # What is brought in came in elsewhere: late or not, it is never refused for it.
    Row("file that came in elsewhere", "received", kept=IN_TIME_OR_LATE, closed=IN_TIME_OR_LATE),
    # An upload is received with its last byte, whenever it was begun.
    _plain("upload by the service", "last byte"),
    _plain("upload by its addresses", "last byte"),
    _plain("upload in one request", "last byte"),
    _plain("upload whose end was swept up", "last byte"),
    Row("upload that ends a second later", "begun", kept=ALL_LATE, closed=ALL_CLOSED),
    # A pledge is received when it is pledged, where the bytes follow within 30 minutes.
    _plain("pledge, bytes ten minutes later", "pledged"),
    _plain("pledge by its addresses, bytes ten minutes later", "pledged"),
    _plain("pledge an hour before, bytes about half an hour after", "bytes, after 30 minutes"),
    Row(
        "pledge an hour before, bytes about the due instant",
        "last byte",
        kept=(ON_TIME, ON_TIME, ON_TIME),
        closed=(ON_TIME, ON_TIME, ON_TIME),
    ),
    _plain("pledge of other bytes", "last byte"),
    Row("pledge of other bytes, ten minutes later", "pledged", kept=ALL_LATE, closed=ALL_CLOSED),
    Row("pledge where the course takes none", "pledged", kept=ALL_LATE, closed=ALL_CLOSED),
)
