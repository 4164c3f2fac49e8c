"""What the form templates (templates/clinic_forms/) need to know of a field."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

DAYS_OPEN = 3
"""Of a list of times. Later days show how many there are, and open by a tap."""
CSS = {
    "input": "nhsuk-input",
    "select": "nhsuk-select",
    "textarea": "nhsuk-textarea",
    "checkbox": "nhsuk-checkboxes__input",
}


@register.filter
def kind(field: BoundField) -> str:
    """Which template draws the field: input, textarea, select, radios, checkboxes, checkbox, other."""
    widget = field.field.widget
    # CheckboxSelectMultiple is a RadioSelect, and RadioSelect is no Select: the order matters.
    for name, widget_class in (
        ("checkboxes", forms.CheckboxSelectMultiple),
        ("radios", forms.RadioSelect),
        ("checkbox", forms.CheckboxInput),
        ("select", forms.Select),
        ("textarea", forms.Textarea),
        ("input", forms.widgets.Input),
    ):
        if isinstance(widget, widget_class):
            return name
    return "other"


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's widget in our classes; its own class, autocomplete and inputmode are kept."""
    css = CSS.get(kind(field), "")
    own = field.field.widget.attrs.get("class", "")
    error = f"{css}--error" if css and field.errors and kind(field) != "checkbox" else ""
    return field.as_widget(attrs={"class": " ".join(filter(None, [css, error, own]))})


@register.filter
def first_control_id(field: BoundField) -> str:
    """The id that a link in the error summary leads to: the field, or its first choice."""
    if kind(field) in ("radios", "checkboxes"):
        for _label, options, _index in _optgroups(field):
            if options:
                return options[0]["attrs"].get("id", field.auto_id)
        return field.auto_id
    return field.id_for_label or field.auto_id


@register.filter
def is_heading(field: BoundField) -> bool:
    """True where the question is the page's own heading: `heading_field = "reason"` on the form."""
    return getattr(field.form, "heading_field", None) == field.name


@register.filter
def looks_like_chips(field: BoundField) -> bool:
    """True for `RadioSelect(attrs={"class": "chips"})`: a compact grid of short answers."""
    return "chips" in field.field.widget.attrs.get("class", "").split()


@register.filter
def choice_days(field: BoundField) -> list[dict[str, Any]]:
    """The choices as `[{"label": day, "parts": [{"label": part, "options": […]}]}]`.

    With how many there are, and whether a day of chips is closed: the fourth and later ones, unless one
    of theirs is chosen. A plain choice has neither label. A group named by a text has that as its
    day; one named by a pair, as in `((day, part), [(value, label), …])`, is a part of that day, and
    parts of one day that follow each other are put together.
    """
    parts = [(*_labels(label), options) for label, options, _ in _merged(_optgroups(field))]
    found = [
        {
            "label": day,
            "parts": [{"label": part, "options": options} for _, part, options in group],
        }
        for day, group in groupby(parts, key=lambda part: part[0])
    ]
    for number, each in enumerate(found):
        options = [option for part in each["parts"] for option in part["options"]]
        chosen = any(option["selected"] for option in options)
        each["count"] = len(options)
        each["closed"] = number >= DAYS_OPEN and not chosen and looks_like_chips(field)
    return found


ITEM = (
    '<div class="nhsuk-{kind}__item{chip}">'
    '<input class="nhsuk-{kind}__input" type="{type}" name="{name}"{value}{{attrs}} id="{{id}}">'
    '<label class="nhsuk-label nhsuk-{kind}__label" for="{{id}}">{label}</label></div>'
)
"""Filled in twice: with what all choices of a group share, then with each one."""


@register.simple_tag
def option_items(options: list[dict[str, Any]], kind: str, chips: bool) -> SafeString:
    """The choices of a group. Not a template: a page of free times has hundreds of them."""
    if not options:
        return SafeString("")
    about = {name: options[0][name] for name in ("type", "name")}
    # Said behind the time by style, where it is chosen: "10:30am, chosen".
    said = format_html('<span data-chosen=", {}">{{label}}</span>', _("chosen"))
    label = said if chips else SafeString("{label}")
    about["value"] = SafeString(' value="{value}"')
    if any(one["value"] is None for one in options):
        about["value"] = SafeString("{value}")
        options = [one | {"value": _value(one)} for one in options]
    item = format_html(ITEM, kind=kind, chip=" chip" if chips else "", label=label, **about)
    return format_html_join(
        "\n",
        item,
        (
            {
                "value": one["value"],
                "attrs": _attributes(one["attrs"]),
                "id": one["attrs"].get("id", ""),
                "label": one["label"],
            }
            for one in options
        ),
    )


def _value(option: dict[str, Any]) -> SafeString | str:
    return "" if option["value"] is None else format_html(' value="{}"', option["value"])


def _attributes(attrs: dict[str, Any]) -> SafeString | str:
    """Those that are set, in HTML's short form where they are only true; `id` has its own place."""
    given = [(k, v) for k, v in attrs.items() if v is not False and k not in ("class", "id")]
    if not given:
        return ""
    if given == [("required", True)]:
        return SafeString(" required")
    return format_html_join(
        "",
        "{}{}",
        ((f" {k}", "" if v is True else format_html('="{}"', v)) for k, v in given),
    )


def _optgroups(field: BoundField) -> list[tuple[Any, list[dict[str, Any]], int]]:
    widget = field.field.widget
    attrs = field.build_widget_attrs({"id": widget.attrs.get("id") or field.auto_id})
    # The hint and the error belong to the whole group, which names them itself. Only radios are
    # required one by one: a `required` on each checkbox would ask for all of them.
    attrs.pop("aria-describedby", None)
    attrs.pop("aria-invalid", None)
    if kind(field) == "checkboxes":
        attrs.pop("required", None)
    return widget.optgroups(field.html_name, widget.format_value(field.value()), attrs)


def _merged(
    groups: Iterable[tuple[Any, list[dict[str, Any]], int]],
) -> list[tuple[Any, list[dict[str, Any]], int]]:
    """Ungrouped choices come one to a group: put neighbours together."""
    merged: list[tuple[Any, list[dict[str, Any]], int]] = []
    for label, options, index in groups:
        if label is None and merged and merged[-1][0] is None:
            merged[-1][1].extend(options)
        else:
            merged.append((label, list(options), index))
    return merged


def _labels(label: Any) -> tuple[Any, Any]:
    if isinstance(label, (list, tuple)):
        day, part = label
        return day, part
    return label, None
