"""Where an installed package lies, found without importing it."""

import importlib.util
from pathlib import Path


def folder_of(package: str) -> Path:
    """Return a package's folder in the environment."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise SystemExit(f"The package {package} is missing: delete .venv, then start again.")
    return Path(found.origin).parent
