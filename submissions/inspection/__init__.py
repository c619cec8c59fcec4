"""What a file holds, beyond its first bytes (domain.md §4). Plain Python.

Files are opened in a process of their own (`pool`, `warm`), with little memory and little time; what
is found are lines in words, and never an exception.
"""

from submissions.inspection.findings import Finding, Level
from submissions.inspection.pool import Look, Pool, look
from submissions.inspection.wanted import Section, Wanted, wanted_of

__all__ = ["Finding", "Level", "Look", "Pool", "Section", "Wanted", "look", "wanted_of"]
