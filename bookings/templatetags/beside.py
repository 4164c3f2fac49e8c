"""Puts into a page what apps above bookings show beside a request."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from bookings.beside import added

register = template.Library()


@register.simple_tag(takes_context=True)
def beside(context: Context, place: str, shown: Any) -> SafeString:
    """`place` is a name of `settings.BESIDE_REQUESTS`, `shown` the request or the visit."""
    request = context.get("request")
    if request is None:
        return SafeString("")
    found = [part(request, shown) for part in added(place)]
    drawn = [(render_to_string(name, more, request=request),) for name, more in filter(None, found)]
    return format_html_join("", "{}", drawn)
