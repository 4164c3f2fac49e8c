"""Links that stay in the visitor's language, or lead to another one."""

from typing import Any

from django import template
from django.template import Context
from wagtail.models import Page

from clinic import languages

register = template.Library()
register.simple_tag(languages.local, name="local")
register.simple_tag(languages.of, name="language_of")
register.simple_tag(languages.written, name="written")


@register.simple_tag
def foreign(page: Any) -> str:
    """The language of a page that nobody has translated, in the visitor's words; else nothing."""
    own = languages.of(page) if page else languages.active()
    return "" if own == languages.active() else languages.name(own)


@register.filter
def cut_query(url: str) -> str:
    return url.partition("?")[0]


@register.simple_tag(takes_context=True)
def other_languages(context: Context) -> list[dict[str, Any]]:
    """Code, own name and address of this page in every other language.

    For an address that holds a secret, which must stand in no page, the address of the home page.
    """
    request = context.get("request")
    found = getattr(request, "resolver_match", None)
    if request is None or found is None:
        return []
    if found.url_name == "wagtail_serve" and isinstance(context.get("page"), Page):
        return [link(code, name, of_page(context, code)) for code, name in languages.others()]
    here, route = request.get_full_path(), found.route
    if "token" in found.kwargs:
        here, route = languages.local("/"), ""
    return [
        link(code, name, languages.same_place(here, code, route))
        for code, name in languages.others()
    ]


def link(code: str, name: str, url: str) -> dict[str, str]:
    return {"code": code, "name": name, "url": url}


def of_page(context: Context, code: str) -> str:
    """A translation may have another slug, so that the address alone does not say where it is."""
    request, page = context["request"], context["page"]
    here = context.get("page_url") or page.url
    part = request.path.removeprefix(here) if here else ""
    query = request.META.get("QUERY_STRING", "")
    address = languages.in_language(page, part, code, request)
    return f"{address}?{query}" if query else address
