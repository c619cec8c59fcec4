"""`migrate`, as the database's owner, who then gives the application's role its rights."""

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connection
from typing_extensions import override

from courseapp.kernel import history
from courseapp.kernel.database import as_owner


class Command(migrate.Command):
    @override
    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            super().handle(*args, **options)
            if options["app_label"] is None:
                history.open_audit_context()
                history.grant(settings.APPLICATION_DATABASE_ROLE)
                connection.close()
