"""Two editors open a text in the same moment."""

import json

from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.admin.rich_text.converters.html_to_contentstate import HtmlToContentStateHandler


def texts(contentstate):
    return [block["text"] for block in json.loads(contentstate)["blocks"]]


def test_threads_read_their_own_texts(monkeypatch):
    """The second begins in the middle of the first, as threads may."""
    converter = ContentstateConverter(["bold"])
    as_wagtail_does = HtmlToContentStateHandler.handle_starttag
    meanwhile = []

    def interrupted(self, name, attrs):
        if name == "b" and not meanwhile:
            meanwhile.append(converter.from_database_format("<p>Another text</p>"))
        as_wagtail_does(self, name, attrs)

    monkeypatch.setattr(HtmlToContentStateHandler, "handle_starttag", interrupted)
    first = converter.from_database_format("<p>One <b>long</b> text</p>")

    assert texts(first) == ["One long text"]
    assert texts(meanwhile[0]) == ["Another text"]
