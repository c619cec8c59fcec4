"""Which paper stood in a reading's place when somebody asked about it (domain.md §13.5)."""

from collections.abc import Mapping
from datetime import datetime

from courseapp.kernel.prepared import Prepared

_REPLACED = Prepared(
    "replaced_papers",
    """
SELECT r.reading_id, r.replaced_at, p.title
FROM schedule_replacedpaper r JOIN schedule_paper p ON p.id = r.paper_id
WHERE r.withdrawn_at IS NULL AND r.reading_id = ANY (%(readings)s)
ORDER BY r.replaced_at DESC, r.id DESC
""",
    readings="bigint[]",
)


def papers_asked_about(asked_at: Mapping[int, datetime]) -> dict[int, str]:
    """Return the titles of papers that were replaced after they were asked about.

    `asked_at` is the instant of asking by reading. A reading whose paper still stands is left out.
    """
    if not asked_at:
        return {}
    return {
        reading_id: title
        for reading_id, replaced_at, title in _REPLACED.rows(readings=[*asked_at])
        if replaced_at > asked_at[reading_id]
    }
