"""What was found in files that were handed in."""

from collections.abc import Iterable
from dataclasses import dataclass

from submissions.inspection import Finding, Level
from submissions.models import CheckState, VersionCheck

GOING_ON = (CheckState.WAITING, CheckState.RUNNING)
SUMMARIES = {
    Level.OK: "Nothing to change",
    Level.WARN: "Something should be changed",
    Level.BAD: "Something must be changed",
}


@dataclass(frozen=True)
class Checked:
    """The check of one version's file, as pages show it line by line."""

    version_id: int
    state: CheckState
    findings: tuple[Finding, ...]

    @property
    def is_going_on(self) -> bool:
        """Say whether there is more to wait for."""
        return self.state in GOING_ON

    @property
    def summary(self) -> str:
        """Say in a few words what the lines come to."""
        if self.state == CheckState.FAILED:
            return "Not checked"
        return SUMMARIES[_worst(self.findings)]


def checks_of(version_ids: Iterable[int]) -> dict[int, Checked]:
    """Return the checks of versions by their ids; typed text has none."""
    found = VersionCheck.objects.filter(version__in=list(version_ids))
    return {check.version_id: _checked(check) for check in found}


def _worst(findings: Iterable[Finding]) -> Level:
    levels = {finding.level for finding in findings}
    return next((level for level in (Level.BAD, Level.WARN) if level in levels), Level.OK)


def _checked(check: VersionCheck) -> Checked:
    return Checked(
        version_id=check.version_id,
        state=CheckState(check.state),
        findings=tuple(Finding.from_plain(plain) for plain in check.findings),
    )
