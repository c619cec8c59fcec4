"""Hands a case in as the product does: what is refused at once, and what a look finds."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bench.torture.hostile.cases import Case
from submissions import rules
from submissions.inspection import Level, Pool, wanted_of

SUMMARY_SECTIONS = (
    "the problem and why it matters",
    "the hypothesis",
    "the gist of the discussion",
)
MEMBERS = 4
HEAD = 1024


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a case; the peak of memory in bytes and the time in seconds of its look.

    `lines` is how many findings there were, those that say that something is in order among them.
    """

    refused: str = ""
    found: frozenset[str] = frozenset()
    lines: int = 0
    peak: int = 0
    seconds: float = 0.0


def verdict_on(case: Case, *, folder: Path, pool: Pool) -> Verdict:
    """Ask the rules about a file, and where it is accepted look into it, as kept in the folder."""
    content, terms = case.build(), rules.terms(case.kind.value)
    decision = rules.file_acceptable(
        name=case.file_name,
        size=len(content) if case.size is None else case.size,
        head=content[:HEAD],
        accepted=terms.accepted,
    )
    if not decision:
        return Verdict(refused=decision.code)
    kept = folder / "kept"
    kept.write_bytes(content)
    shown = rules.display_name(case.file_name)
    wanted = wanted_of(
        case.kind.value,
        pages=(terms.pages_min, terms.pages_max),
        summary_sections=SUMMARY_SECTIONS,
        members=MEMBERS,
    )
    look = pool.look(kept, ending=PurePosixPath(shown).suffix, wanted=wanted)
    kept.unlink()
    found = {f"{one.level} {one.code}" for one in look.findings if one.level is not Level.OK}
    return Verdict(
        found=frozenset(found), lines=len(look.findings), peak=look.peak, seconds=look.seconds
    )
