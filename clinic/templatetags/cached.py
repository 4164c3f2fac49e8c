"""The frame of every page: the same for everybody, so drawn once."""

from django import template
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from clinic import languages
from clinic.content_version import cached_until_change

register = template.Library()


class Cached(template.Node):
    """Renders what is inside once; then hands the same text to everybody."""

    def __init__(
        self, name: str, inside: template.NodeList, differing: list[template.base.FilterExpression]
    ) -> None:
        self.name, self.inside, self.differing = name, inside, differing

    def render(self, context: Context) -> SafeString:
        request = context.get("request")
        # Pages for errors have none, and a preview shows what is not published.
        if request is None or getattr(request, "is_preview", False):
            return self.inside.render(context)
        try:
            site = _site(request)
        except DisallowedHost:  # the page that says so
            return self.inside.render(context)
        words = [expression.resolve(context) for expression in self.differing]
        key = f"{self.name} {words} {get_language()} {site}"
        return cached_until_change(key, lambda: self.inside.render(context))


def _site(request: HttpRequest) -> str:
    """The address that the page's links lead to, put together once for all parts of the page."""
    if not hasattr(request, "scheme_and_host"):
        request.scheme_and_host = f"{request.scheme} {request.get_host()}"  # type: ignore[attr-defined]
    return str(request.scheme_and_host)  # type: ignore[attr-defined]


@register.tag
def cached(parser: template.base.Parser, token: template.base.Token) -> Cached:
    """`{% cached NAME … %}` to `{% endcached %}`: no visitor, no token and no query may show in it.

    What it does depend on, beside language and host, is named behind the name; of that there must be
    few values, which nobody outside can invent.
    """
    _tag, name, *differing = token.split_contents()
    inside = parser.parse(("endcached",))
    parser.delete_first_token()
    return Cached(name, inside, [parser.compile_filter(word) for word in differing])


@register.filter
def in_menu(path: str) -> str:
    """Which entry of the main menu an address belongs to, for `cached`; empty for none."""
    for place in ("/guides/", "/about/", "/book/"):
        if path == languages.local(place):
            return place
    return "below /guides/" if languages.local("/guides/") in path else ""
