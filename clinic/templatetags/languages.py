"""Links that stay in the visitor's language, or lead to another one."""

from typing import Any

from django import template
from django.template import Context

from clinic import languages

register = template.Library()
register.simple_tag(languages.local, name="local")


@register.filter
def cut_query(url: str) -> str:
    return url.partition("?")[0]


@register.simple_tag(takes_context=True)
def other_languages(context: Context) -> list[dict[str, Any]]:
    """Code, own name and address of this page in every other language.

    None for an address that holds a secret: it must stand in no page.
    """
    request = context.get("request")
    found = getattr(request, "resolver_match", None)
    if request is None or found is None or "token" in found.kwargs:
        return []
    return [
        {
            "code": code,
            "name": name,
            "url": languages.same_place(request.get_full_path(), code),
        }
        for code, name in languages.others()
    ]
