"""The actions that a term brings, each safe and undoable (domain.md §13)."""
