"""What the floor's cases are called in the figures."""

PAGE, ENTRY = "F", "Fp"


def table_name(size: int) -> str:
    """Return what the table of some students is called."""
    return f"J({size})"
