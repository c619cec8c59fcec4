"""The product's own files, as the tests of the house read them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("courseapp", "groups", "schedule", "submissions", "grading")
OURS = (*PRODUCT, "tests", "bin", "bench", "templates", "static", "docs")
TEXT_ENDINGS = frozenset({".py", ".html", ".txt", ".css", ".js", ".md", ".sql", ".toml", ""})


def modules(*folders: str) -> list[Path]:
    """Return our Python modules below the folders; what migrations were written to is theirs."""
    return [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def modules_named(*names: str) -> list[Path]:
    """Return the product's modules of these names, also those that are packages by now."""
    return [path for path in modules(*PRODUCT) if path.stem in names or path.parent.name in names]


def written_files() -> Iterator[Path]:
    """Yield every file that people wrote, libraries' and given data apart."""
    for folder in OURS:
        for path in sorted((ROOT / folder).rglob("*")):
            is_theirs = {"__pycache__", "vendor", "data", "migrations"} & set(path.parts)
            if path.is_file() and not is_theirs and path.suffix in TEXT_ENDINGS:
                yield path


def shown(path: Path) -> str:
    """Return a path as a message prints it."""
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(path.read_text(), filename=str(path))


def imports_of(path: Path) -> set[str]:
    """Return the dotted names that a module imports, wherever the import stands."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def functions_of(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return all functions and methods of a module."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, kinds)]


def decorators_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Return the names of a function's decorators, the outermost first."""
    names = []
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        names.append(ast.unparse(called))
    return names
