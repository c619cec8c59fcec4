"""What was found in files that were handed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from submissions.inspection import Finding, Level
from submissions.models import CheckState, VersionCheck

GOING_ON = (CheckState.WAITING, CheckState.RUNNING)


@dataclass(frozen=True)
class Checked:
    """The check of one version's file, as pages show it line by line."""

    version_id: int
    findings: tuple[Finding, ...]
    is_going_on: bool
    checked_at: datetime | None

    @property
    def summary(self) -> str:
        """Say in a few words what the lines come to."""
        levels = {finding.level for finding in self.findings}
        if self.is_going_on:
            return "The file is being checked"
        if Level.BAD in levels:
            return "Something must be changed"
        return "Something should be changed" if Level.WARN in levels else "Nothing to change"


def checks_of(version_ids: Iterable[int]) -> dict[int, Checked]:
    """Return the checks of versions by their ids; typed text has none."""
    found = VersionCheck.objects.filter(version__in=list(version_ids))
    return {check.version_id: _checked(check) for check in found}


def _checked(check: VersionCheck) -> Checked:
    return Checked(
        version_id=check.version_id,
        findings=tuple(Finding.from_plain(plain) for plain in check.findings),
        is_going_on=check.state in GOING_ON,
        checked_at=check.checked_at,
    )
