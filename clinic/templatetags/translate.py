"""`{% translate "…" %}` with a plain text, as nearly all are: looked up once for each language.

Django makes a lazy text of it each time, resolves that and asks the catalogs, which takes six times as
long. A guide has some hundred of them, and a page of the booking form nearly as many. Messages
do not change while a process runs.
"""

from django import template
from django.template import Context
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.translation import get_language

register = template.Library()


class PlainText(template.Node):
    def __init__(self, node: TranslateNode) -> None:
        self.name, self.node = node.asvar, node
        node.asvar = None
        self.said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        said = self.said.get(language)
        if said is None:
            said = self.said[language] = self.node.render(context)
        if not self.name:
            return said
        context[self.name] = said
        return ""


@register.tag
def translate(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """Django's tag, for whatever else its options say."""
    node = do_translate(parser, token)
    asked = node.filter_expression
    is_plain = getattr(asked.var, "lookups", ()) is None and not asked.filters
    return PlainText(node) if is_plain and not node.noop and not node.message_context else node
