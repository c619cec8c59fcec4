"""The shape of what people say about themselves."""

from allauth.account.forms import AddEmailForm
from django import forms
from typing_extensions import override


class NoFurtherAddressForm(AddEmailForm):
    """Takes no address: others than the roster's are linked by staff (domain.md §1)."""

    @override
    def clean(self) -> None:
        raise forms.ValidationError("Ask the course's staff to link another address to you.")
