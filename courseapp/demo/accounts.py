"""Who can look at the sample course: invented accounts that sign in from this machine only."""

from dataclasses import dataclass
from typing import Final

from courseapp.accounts.models import User
from courseapp.accounts.services import make_sample_person

PASSWORD: Final = "look around first"  # noqa: S105 - the accounts are invented, local and announced


@dataclass(frozen=True)
class SampleAccount:
    """An account and whose view it shows."""

    address: str
    shows: str


ACCOUNTS: Final = (
    SampleAccount("ines.haugen@staff.example", "the instructor"),
    SampleAccount("rafael.okonjo@staff.example", "a TA"),
    SampleAccount("mara.lindqvist@students.example", "a student"),
)


def open_accounts() -> None:
    """Give the sample accounts their password."""
    for account in ACCOUNTS:
        make_sample_person(address=account.address, password=PASSWORD)


def are_there() -> bool:
    """Say whether the sample accounts exist here."""
    return User.objects.filter(is_sample=True).exists()


def announcement() -> str:
    """Say who signs in how."""
    lines = [f"  {account.address:34} {account.shows}" for account in ACCOUNTS]
    return "\n".join(
        [f"Sample people, all with the password “{PASSWORD}”, from this machine only:", *lines]
    )
