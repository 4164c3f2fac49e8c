"""What became of a value that somebody typed or chose: it is on the page again, or refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.messages import ERROR
from django.forms.widgets import ChoiceWidget
from django.utils.html import escape

from tests.hostile.bodies import BY_THE_BROWSER, Form, as_read


def fates(form: Form, response: Any, sent: dict[str, list[str]]) -> list[tuple[str, bool]]:
    """Each field that somebody typed or chose, and whether it came back or was refused by name."""
    typed = {n: vs for n, vs in sent.items() if is_typed(form, n) and any(vs)}
    if not form.keeps or response.status_code in {400, 403, 404, 405, 429}:
        return []
    if response.status_code == 302:
        refused = was_refused(response)
        return [(name, not refused) for name in typed if form.kinds[name] in {"text", "textarea"}]
    if response.streaming or "Content-Disposition" in response:
        return []  # the file that was asked for
    page = response.content.decode()
    bound = list(bound_forms(response))
    if not bound:
        return [(name, escape(form.reads(vs[-1])) in page) for name, vs in typed.items()]
    return [
        (name, refused_by_name(one, field_name, page) or is_shown(one, field_name, vs, page))
        for one in bound
        for field_name in one.fields
        for name in [one.add_prefix(field_name)]
        if (vs := typed.get(name))
    ]


def is_typed(form: Form, name: str) -> bool:
    return form.kinds.get(name, "hidden") not in {"hidden", "password", "button", *BY_THE_BROWSER}


def was_refused(response: Any) -> bool:
    """Whether the page that follows says that it did not work."""
    said = getattr(response.wsgi_request, "_messages", None)
    return any(message.level >= ERROR for message in getattr(said, "_queued_messages", []))


def bound_forms(response: Any) -> Iterator[forms.BaseForm]:
    """The forms that the page was drawn with and that hold what was posted."""
    for context in response.context or []:
        found = [one for layer in getattr(context, "dicts", [context]) for one in walk(layer, 3)]
        if found:
            yield from {id(one): one for one in found}.values()
            return


def walk(thing: Any, depth: int) -> Iterator[forms.BaseForm]:
    if isinstance(thing, forms.BaseForm):
        if thing.is_bound:
            yield thing
    elif depth and isinstance(thing, dict):
        for inner in thing.values():
            yield from walk(inner, depth - 1)
    elif depth and isinstance(thing, list | tuple):
        for inner in thing:
            yield from walk(inner, depth - 1)


def refused_by_name(form: forms.BaseForm, name: str, page: str) -> bool:
    """Every word of the field's errors stands on the page."""
    return name in form.errors and all(escape(error) in page for error in form.errors[name])


def is_shown(form: forms.BaseForm, name: str, values: list[str], page: str) -> bool:
    widget = form.fields[name].widget
    # A page that asks once more carries what was chosen along; other forms may use that name too.
    hidden = rf'<input type="hidden" name="{re.escape(form.add_prefix(name))}" value="([^"]*)"'
    carried = re.findall(hidden, page)
    if carried and all(escape(as_read(v)) in carried or v == "on" for v in values[-1:]):
        return True
    if isinstance(widget, forms.CheckboxInput):
        box = f'name="{form.add_prefix(name)}"'
        return bool(re.search(rf"<input[^>]*{box}[^>]*\bchecked\b", page)) == form[name].value()
    several = isinstance(widget, forms.SelectMultiple | forms.CheckboxSelectMultiple)
    last = [as_read(v) for v in (values if several else values[-1:])]
    if isinstance(widget, ChoiceWidget):
        return all(
            re.search(rf'value="{re.escape(escape(v))}"[^>]*\b(checked|selected)\b', page)
            for v in last
            if v
        )
    return all(escape(v) in page for v in last)
