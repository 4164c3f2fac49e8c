"""What the form templates (templates/clinic_forms/) need to know of a field."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.markup import escaped, filled

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


@register.simple_tag
def choices(field: BoundField, kind: str) -> SafeString:
    """The choices of a group of radios or checkboxes, by days and parts of a day where they have any.

    Not a template: a page of free times has hundreds of them. A group named by a text has that as its
    day; one named by a pair, as in `((day, part), [(value, label), …])`, is a part of that day. Parts of
    one day that follow each other are put together. The fourth and later days of chips are closed, unless
    one of theirs is chosen.
    """
    chips = looks_like_chips(field)
    said = filled('<span data-chosen=", {}">', _("chosen")) if chips else ""
    parts = [(*_labels(label), options) for label, options, _ in _merged(_optgroups(field))]
    found = []
    for number, (day, group) in enumerate(groupby(parts, key=lambda part: part[0])):
        same = [(part, options) for _, part, options in group]
        if not day:
            found += [_plain(field, kind, part, options) for part, options in same]
            continue
        html = "".join([_part(kind, part, options, said) for part, options in same])
        closed = chips and number >= DAYS_OPEN and not any(map(_is_chosen, same))
        count = sum(len(options) for _, options in same)
        found.append(
            _day(f"{field.auto_id}_day_{number + 1}", day, html, count if closed else None)
        )
    return SafeString("".join(found))


def _is_chosen(part: tuple[Any, list[dict[str, Any]]]) -> bool:
    return any(option["selected"] for option in part[1])


FIELDSET = (
    '<fieldset class="nhsuk-fieldset {}"{}><legend class="nhsuk-fieldset__legend">{}</legend>'
    "{}</fieldset>"
)
CLOSED_DAY = (
    '<details class="day-more" id="{}"><summary>{} <span class="day-more__count">{}</span></summary>'
    "{}</details>"
)


def _day(id_: str, label: Any, html: str, count: int | None) -> SafeString:
    """`count`: how many times the summary of a closed day says it has."""
    inside = SafeString(html)
    if count is None:
        return filled(FIELDSET, "day", filled(' id="{}"', id_), label, inside)
    free = ngettext("%(n)s free time", "%(n)s free times", count) % {"n": count}
    return filled(CLOSED_DAY, id_, label, free, filled(FIELDSET, "day", "", label, inside))


def _part(kind: str, label: Any, options: list[dict[str, Any]], said: str) -> SafeString:
    chips = " chips" if said else ""
    items = filled('<div class="nhsuk-{}{}">{}</div>', kind, chips, _items(kind, options, said))
    return filled(FIELDSET, "part", "", label, items) if label else items


def _plain(field: BoundField, kind: str, label: Any, options: list[dict[str, Any]]) -> SafeString:
    """Choices without a day; their container has a name for scripts."""
    html = _part(kind, label, options, "")
    return filled('<div id="{}_others">{}</div>', field.auto_id, html)


def _items(kind: str, options: list[dict[str, Any]], said: str) -> SafeString:
    """`said`: the element that says behind a chip, by style, that it is chosen: "10:30am, chosen"."""
    if not options:
        return SafeString("")
    chip, ends = (" chip", "</span>") if said else ("", "")
    before = filled(
        '<div class="nhsuk-{0}__item{1}"><input class="nhsuk-{0}__input" type="{2}" name="{3}"',
        *(kind, chip, options[0]["type"], options[0]["name"]),
    )
    between = f'<label class="nhsuk-label nhsuk-{kind}__label" for="'
    return SafeString(
        "\n".join(
            [
                f'{before}{_value(one["value"])}{_attributes(one["attrs"])} id="{id_}">'
                f'{between}{id_}">{said}{_escaped(one["label"])}{ends}</label></div>'
                for one in options
                for id_ in (_escaped(one["attrs"].get("id", "")),)
            ]
        )
    )


_escaped = lru_cache(maxsize=16384, typed=True)(escaped)
"""Everybody is shown much the same choices. `typed`: a text that is HTML already is another one."""


def _value(value: Any) -> str:
    return "" if value is None else f' value="{_escaped(value)}"'


def _attributes(attrs: dict[str, Any]) -> str:
    """Those that are set, in HTML's short form where they are only true; `id` has its own place."""
    return "".join(
        [
            f" {name}" if value is True else f' {name}="{escaped(value)}"'
            for name, value in attrs.items()
            if value is not False and name not in ("class", "id")
        ]
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
