"""A select box with hundreds of times, written by Python: Django fills a template for each option."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    """Looks and behaves like `forms.Select`."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        given = self.build_attrs(self.attrs, {"name": name} | (attrs or {}))
        groups = self.optgroups(name, self.format_value(value), attrs)
        return format_html(
            "<select{}>{}</select>",
            flatatt(given),
            format_html_join("", "{}", ((group(label, items),) for label, items, _n in groups)),
        )


def group(label: str | None, items: list[dict[str, Any]]) -> SafeString:
    options = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (item["value"], SafeString(" selected") if item["selected"] else "", item["label"])
            for item in items
        ),
    )
    return format_html('<optgroup label="{}">{}</optgroup>', label, options) if label else options
