"""What makes a person."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress

from courseapp.accounts.models import User


def ensure_people(people: Iterable[tuple[str, str]]) -> None:
    """Make an account for each (address, name) that has none, so that a code can be sent to it.

    Who has no address yet gets none. Such an account has no password and its address is not proved:
    whoever reads its mail proves it.
    """
    named = {address.lower(): name for address, name in people if address}
    known = set(User.objects.filter(email__in=named).values_list("email", flat=True))
    # "!" is Django's mark of a password that nothing matches.
    users = [
        User(email=address, name=name, password="!")  # noqa: S106
        for address, name in named.items()
        if address not in known
    ]
    User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, primary=True, verified=False) for user in users]
    )


def make_sample_person(*, address: str, password: str) -> User:
    """Give an account of the sample course a password and a proved address."""
    user = User.objects.get(email=address)
    user.is_sample = True
    user.set_password(password)
    user.save(update_fields=["is_sample", "password"])
    EmailAddress.objects.filter(user=user).update(verified=True)
    return user
