"""`check_invariants [--json] [--files]`"""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from typing_extensions import override

from courseapp.kernel import clock
from courseapp.term import invariants


class Command(BaseCommand):
    help = "Ask the data whether everything holds that always must; exit 1 where it does not."

    @override
    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document, nothing else")
        parser.add_argument("--files", action="store_true", help="hash every kept file, too")

    @override
    def handle(self, *args: Any, **options: Any) -> None:
        with invariants.one_moment():
            broken = invariants.broken_invariants(now=clock.now())
            kept = invariants.check_files(is_hashing=options["files"])
        broken += kept.broken
        if options["json"]:
            self.stdout.write(json.dumps(_document(broken, kept), indent=2))
        else:
            self._tell(broken, kept)
        if broken:
            raise CommandError(f"{len(broken)} invariants do not hold.", returncode=1)

    def _tell(self, broken: list[invariants.Broken], kept: invariants.KeptFiles) -> None:
        for found in broken:
            more = ", …" if found.count > len(found.rows) else ""
            self.stdout.write(f"{found.code}: this does not hold: {found.sentence}")
            self.stdout.write(f"  {found.count} rows: {', '.join(found.rows)}{more}")
        asked = len(invariants.all_invariants())
        self.stdout.write(
            f"{asked} invariants asked, {len(broken)} broken; {kept.named_count} files named by"
            f" versions, {kept.unnamed_count} others that nothing leads to."
        )


def _document(broken: list[invariants.Broken], kept: invariants.KeptFiles) -> dict[str, Any]:
    return {
        "asked": [found.code for found in invariants.all_invariants()],
        "broken": [asdict(found) for found in broken],
        "files": {"named": kept.named_count, "unnamed": kept.unnamed_count},
    }
