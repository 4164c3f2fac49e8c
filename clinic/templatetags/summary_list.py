"""`{% summary_list rows %}`: answers to check, put together in Python."""

import re
from collections.abc import Iterable, Mapping

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clinic.markup import escaped, filled

register = template.Library()
LINE_END = re.compile(r"\r\n|\r|\n")
ROW = """
  <div class="nhsuk-summary-list__row">
    <dt class="nhsuk-summary-list__key">{}</dt>
    <dd class="nhsuk-summary-list__value"><bdi>{}</bdi>{}</dd>{}
  </div>"""
CHANGED = ' <strong class="nhsuk-tag">{}</strong>'
ACTIONS = (
    '\n    <dd class="nhsuk-summary-list__actions"><a href="{}">{}'
    '<span class="nhsuk-u-visually-hidden"> {}</span></a></dd>'
)


@register.simple_tag
def summary_list(rows: Iterable[Mapping[str, str]]) -> SafeString:
    """Of each row the `key` and the `value`. Where it can be changed, `url`, and `change`: what.

    `changed`: a word for a row that has just changed.
    """
    change = _("Change")
    drawn = [_row(row, change) for row in rows]
    return SafeString(f'<dl class="nhsuk-summary-list">{"".join(drawn)}\n</dl>')


def _row(row: Mapping[str, str], change: str) -> SafeString:
    key, url, changed = row["key"], row.get("url"), row.get("changed")
    value = SafeString(LINE_END.sub("<br>", escaped(row["value"])))
    actions = filled(ACTIONS, url, change, row.get("change") or key) if url else ""
    return filled(ROW, key, value, filled(CHANGED, changed) if changed else "", actions)
