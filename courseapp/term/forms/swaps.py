"""What is sent about swaps."""

from django import forms


class OfferForm(forms.Form):
    """A duty for a duty, with a word to the other group."""

    mine = forms.IntegerField(
        min_value=1, error_messages={"required": "choose the duty that you give."}
    )
    theirs = forms.IntegerField(
        min_value=1, error_messages={"required": "choose the duty that you would get."}
    )
    message = forms.CharField(max_length=300, required=False)


class AnswerForm(forms.Form):
    """Why something is declined or refused, or confirmed although it breaks a rule."""

    answer = forms.CharField(max_length=300, required=False)
