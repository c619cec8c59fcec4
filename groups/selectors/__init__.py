"""Reads of groups and their members."""

from groups.selectors.belonging import (
    GroupSize,
    OwnGroup,
    ever_in,
    group_of,
    groups_of,
    groups_outside_sizes,
    members_at,
    own_group_of,
)

__all__ = [
    "GroupSize",
    "OwnGroup",
    "ever_in",
    "group_of",
    "groups_of",
    "groups_outside_sizes",
    "members_at",
    "own_group_of",
]
