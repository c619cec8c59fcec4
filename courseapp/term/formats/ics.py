"""A calendar as calendar programs subscribe to it (RFC 5545; RFC 7986 for name and refreshing).

Plain Python: entries in, bytes out. Instants are written in UTC, which every program takes, so that no
definition of a zone has to come along; a day is a date and has no instant.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from icalendar import Calendar, Event
from icalendar.prop import vDuration, vText

MAKER: Final = "-//Seminar//Course calendar//EN"
# How often a program is asked to look again; none looks more often than it likes.
REFRESHED_EVERY: Final = timedelta(hours=1)
# What no text of a calendar may hold (RFC 5545, 3.3.11); a line's end is written as "\n".
LINE_END: Final = re.compile("\r\n?")
CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a calendar. `uid` names it for good; `revision` grows with each change of it.

    `begins` and `ends` are both instants, or both days (`ends` is the last one). An instant without an
    end is a moment, such as that until which something is due.
    """

    uid: str
    title: str
    begins: datetime | date
    ends: datetime | date | None
    changed_at: datetime
    revision: int
    description: str = ""
    place: str = ""
    url: str = ""
    is_cancelled: bool = False
    takes_time: bool = True


def write_calendar(*, name: str, description: str, zone: str, entries: list[Entry]) -> bytes:
    """Return the calendar; the same entries always give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for heading in ("name", "x-wr-calname"):
        calendar.add(heading, _text(name))
    for heading in ("description", "x-wr-caldesc"):
        calendar.add(heading, _text(description))
    calendar.add("x-wr-timezone", zone)
    calendar.add("refresh-interval", vDuration(REFRESHED_EVERY), {"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry))
    content: bytes = calendar.to_ical()
    return content


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("summary", _text(entry.title))
    event.add("dtstart", _begins(entry.begins))
    if entry.ends is not None:
        event.add("dtend", _ends(entry.ends))
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("sequence", entry.revision)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE" if entry.takes_time else "TRANSPARENT")
    for heading, text in (("description", entry.description), ("location", entry.place)):
        if text:
            event.add(heading, _text(text))
    if entry.url:
        event.add("url", entry.url)
    return event


def _begins(moment: datetime | date) -> datetime | date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment


def _ends(moment: datetime | date) -> datetime | date:
    """The end as the format has it: of days, the first one that no longer belongs to it."""
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment + timedelta(days=1)


def _text(text: str) -> vText:
    """The text as the format has it; the library leaves headings that it does not know as they are."""
    return vText(CONTROLS.sub("", LINE_END.sub("\n", text)))
