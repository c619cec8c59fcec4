"""Two groups agree to swap duties; staff confirm it, or a setting does (domain.md §7)."""
