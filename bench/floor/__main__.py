"""`python -m bench.floor SIZE …`: make the floor's database and print its cases as JSON."""

import json
import sys

import django


def main(sizes: list[int]) -> None:
    """Fill the database and print what can be asked."""
    from bench.floor.preparing import prepare  # noqa: PLC0415 - after django.setup()

    sys.stdout.write(json.dumps([case.as_json() for case in prepare(sizes)]))


if __name__ == "__main__":
    django.setup()
    main([int(word) for word in sys.argv[1:]])
