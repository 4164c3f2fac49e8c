from wagtail.blocks import CharBlock, RichTextBlock
from wagtail.fields import StreamField
from wagtail.models import Page


class PlainPage(Page):
    """The usual page of a first Wagtail site: headings and paragraphs."""

    body = StreamField([("heading", CharBlock()), ("paragraph", RichTextBlock())])
    template = "plain_page.html"
