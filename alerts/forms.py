"""What is asked when somebody acknowledges an alert."""

from django import forms


class AcknowledgeForm(forms.Form):
    """A few words are welcome and never required."""

    note = forms.CharField(max_length=300, required=False)
