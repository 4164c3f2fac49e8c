"""What somebody wrote into a form, in words: for a page on which that form has no place any more."""

from __future__ import annotations

from django import forms
from django.forms.boundfield import BoundField


def typed(form: forms.BaseForm) -> list[tuple[str, str]]:
    """Label and text of every visible field that holds something: choices by name, times as typed."""
    found = [(str(field.label), _text(field)) for field in form.visible_fields()]
    return [(label, text) for label, text in found if text]


def _text(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return ""  # a tick says nothing without what it stood beside
    if isinstance(widget, forms.widgets.ChoiceWidget):
        options = [option.data for option in field.subwidgets]
        return ", ".join(str(o["label"]) for o in options if o["selected"] and str(o["value"]))
    text = str(field.value() or "").strip()
    return text.replace("T", " ") if isinstance(widget, forms.DateTimeInput) else text


def errors_of(form: forms.BaseForm) -> list[str]:
    """Every error of a form, wherever it belongs."""
    return [str(error) for errors in form.errors.values() for error in errors]
