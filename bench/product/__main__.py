"""`python -m bench.product`: print the cases of one database as JSON; `--sql` shows their statements."""

import json
import logging
import sys

import django


def main() -> None:
    """Ask for each case once and print them all."""
    from bench.product.cases import cases  # noqa: PLC0415 - after django.setup()

    # A page that takes too long is told of in the report, not by a trace.
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    sys.stdout.write(json.dumps([case.as_json() for case in cases()]))


if __name__ == "__main__":
    django.setup()
    main()
