"""Texts in Wagtail's editor: each is read by a parser of its own."""

from __future__ import annotations

from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.admin.rich_text.converters.html_to_contentstate import HtmlToContentStateHandler


def from_database_format(self: ContentstateConverter, html: str) -> str:
    """As Wagtail does it, but with a new parser for each text.

    Wagtail has one for each block of a process: two editors who open a page in the same moment, in two
    threads, then get an error, or each other's words (https://github.com/wagtail/wagtail/issues/14573).
    """
    parser = HtmlToContentStateHandler(self.features)
    parser.feed(html)
    parser.close()
    return str(parser.contentstate.as_json(indent=4, separators=(",", ": ")))


def install() -> None:
    ContentstateConverter.from_database_format = from_database_format
