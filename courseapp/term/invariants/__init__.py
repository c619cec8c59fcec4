"""What always holds of the data, as queries that find where it does not (docs/running.md).

After every test, at the end of every storm, after every restore, and whenever somebody asks in
production: `bin/manage check_invariants`.
"""

from courseapp.term.invariants.checking import (
    all_invariants,
    broken_invariants,
    invariants_of_rows,
    one_moment,
    question_of_all,
)
from courseapp.term.invariants.invariant import Broken, Invariant
from courseapp.term.invariants.kept_files import KeptFiles, check_files

__all__ = [
    "Broken",
    "Invariant",
    "KeptFiles",
    "all_invariants",
    "broken_invariants",
    "check_files",
    "invariants_of_rows",
    "one_moment",
    "question_of_all",
]
