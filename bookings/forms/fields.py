"""Fields and the base form that the public pages and the desk share."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.choices import BaseChoiceIterator
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from phonenumber_field.phonenumber import PhoneNumber

from bookings.validators import validate_one_line, without_invisible
from clinic import phones


class OfThoseThere:
    """For a field that takes several rows: a number that no row can have is refused by name.

    Django asks the database for every number that was posted; SQLite takes none beyond 64 bits.
    """

    error_messages: Any

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)  # type: ignore[misc]  # of the field beside it
        except OverflowError as error:
            params = {"value": max(value, key=len)}
            text = self.error_messages["invalid_choice"]
            raise forms.ValidationError(text, code="invalid_choice", params=params) from error


class SeveralOf(OfThoseThere, forms.ModelMultipleChoiceField):
    pass


class OneLineField(forms.CharField):
    """A name: characters that came along with a copied one are taken off, others are refused."""

    default_validators = [validate_one_line]

    def to_python(self, value: Any) -> str:
        text = without_invisible(super().to_python(value) or "")
        return text.strip() if self.strip else text


class LongSelect(forms.Select):
    """Looks and behaves like `forms.Select`, with choices that are all text.

    Django fills a template for each option, and there are hundreds.
    """

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        given = self.build_attrs(self.attrs, {"name": name} | (attrs or {}))
        return format_html(
            "<select{}>{}</select>",
            flatatt(given),
            options(self.choices, self.format_value(value)),
        )


def options(choices: Iterable[tuple[Any, Any]], chosen: Container[str]) -> SafeString:
    """The options, those of a group (whose second part is a list) inside it."""
    return format_html_join(
        "",
        "{}",
        (
            (
                _group(
                    str(key), tuple(label), frozenset(each for each, _ in label if each in chosen)
                )
                if isinstance(label, list)
                else _option(str(key), str(label), key in chosen),
            )
            for key, label in choices
        ),
    )


@lru_cache(maxsize=4096)
def _group(label: str, choices: tuple[tuple[str, str], ...], chosen: frozenset[str]) -> SafeString:
    """Everybody is shown much the same times, in two boxes each."""
    return format_html('<optgroup label="{}">{}</optgroup>', label, options(choices, chosen))


@lru_cache(maxsize=16384)
def _option(value: str, label: str, chosen: bool) -> SafeString:
    selected = SafeString(" selected") if chosen else ""
    return format_html('<option value="{}"{}>{}</option>', value, selected, label)


class PhoneField(forms.CharField):
    """A phone number with its extension, as a `PhoneNumber`; words are refused, None where empty.

    `phones.stored` keeps both in one string (`Contact.phone`, drafts), `phones.label` shows them.
    """

    widget = forms.TextInput(attrs={"type": "tel"})

    def to_python(self, value: Any) -> Any:
        """A number is never empty text: `None` where nobody wrote one."""
        text = super().to_python(phones.label(value) if isinstance(value, PhoneNumber) else value)
        return phones.parse(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        """What is stored is shown as people write it."""
        return phones.label(value) if isinstance(value, PhoneNumber) else value


class CrispyForm(forms.Form):
    """A form of the public site: the page writes the form tag and the button."""

    hide_error_summary = True  # the page shows it above its heading
    needed_by_choice: frozenset[str] = frozenset()  # another answer decides: so not "(optional)"


def set_choices(
    form: forms.Form, name: str, choices: Sequence[Any] | Callable[[], Sequence[Any]]
) -> None:
    """What a field offers, known only once the form is made; a function is asked once, when it is shown.

    A function returns pairs, or groups of pairs, in lists.
    """
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = Later(choices) if callable(choices) else choices


class Later(BaseChoiceIterator):
    """Choices that are looked up when somebody wants them, and once: a widget goes through them often."""

    def __init__(self, find: Callable[[], Sequence[Any]]) -> None:
        self.find = find

    @cached_property
    def found(self) -> list[Any]:
        return list(self.find())

    def __iter__(self) -> Iterator[Any]:
        return iter(self.found)
