"""The round that a proposal's version belongs to, for lists that the database makes (domain.md §9)."""

from typing import Final

# The same as `rules.round_due_at`, which decides for one version: the end of the last round that was asked
# for before `v` came in; NULL where `v` belongs to the first due instant, as every version of other kinds.
ROUND_DUE_AT: Final = """(
  SELECT asked.next_due_at FROM submissions_proposaldecision asked
  JOIN submissions_submissionversion sent_back ON sent_back.id = asked.version_id
  WHERE sent_back.submission_id = v.submission_id AND asked.decided_at <= v.received_at
    AND asked.next_due_at IS NOT NULL
  ORDER BY asked.decided_at DESC, asked.next_due_at DESC LIMIT 1)"""
