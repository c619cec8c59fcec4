"""How an instant is shown: in the course's zone, named, with seconds where they are not zero."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django import template

register = template.Library()

SOON = timedelta(hours=24)


@register.filter
def in_zone(instant: datetime | None, zone: str) -> str:
    """Show an instant as "Wed Feb 12, 12:30 PM CST"."""
    if instant is None:
        return ""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local:%a %b} {local.day}, {clock_time(local)} {local:%Z}"


@register.filter
def day_in_zone(instant: datetime | None, zone: str) -> str:
    """Show the day of an instant as "Wed Feb 12"."""
    if instant is None:
        return ""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local:%a %b} {local.day}"


@register.filter
def time_in_zone(instant: datetime | None, zone: str) -> str:
    """Show the time of an instant as "12:30 PM"."""
    return "" if instant is None else clock_time(instant.astimezone(ZoneInfo(zone)))


def clock_time(local: datetime) -> str:
    """Show a wall time as "12:30 PM", with seconds where they are not zero."""
    seconds = f":{local:%S}" if local.second else ""
    return f"{local.hour % 12 or 12}:{local:%M}{seconds} {local:%p}"


@register.filter
def relative_to(instant: datetime | None, now: datetime) -> str:
    """Show how long that still is: "in 3 h 20 min", or "4 d 20 h ago"."""
    if instant is None:
        return ""
    span = duration(abs(instant - now))
    return f"in {span}" if instant >= now else f"{span} ago"


def duration(span: timedelta) -> str:
    """Show a length of time by its two largest units, rounded down."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"


@register.filter
def tone(instant: datetime | None, now: datetime) -> str:
    """Say how near a deadline is: "past", "soon" (under 24 hours) or ""."""
    if instant is None:
        return ""
    if instant < now:
        return "past"
    return "soon" if instant - now < SOON else ""


@register.filter
def iso(instant: datetime | None) -> str:
    """Show an instant for machines, in UTC."""
    return "" if instant is None else instant.astimezone(UTC).isoformat()
