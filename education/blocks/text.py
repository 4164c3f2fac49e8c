"""Words, pictures and links: the blocks that any page may use."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from education.blocks.choices import ImageBlock, PageBlock, WordBlock
from education.enums import Evidence
from education.guide import drawings
from education.guide.media import DECORATION

# Struck-out text is here to be kept when pasted: a dose that was struck out must not become a plain one.
FEATURES = ["bold", "link", "ul", "ol", "strikethrough", "superscript", "subscript"]


class ParagraphBlock(blocks.StructBlock):
    """Text with how well its claim is supported."""

    text = blocks.RichTextBlock(features=FEATURES, label=_("Text"))
    evidence = WordBlock(choices=Evidence.choices, required=False, label=_("How sure is this"))
    references = blocks.ListBlock(
        SnippetChooserBlock("education.Reference", label=_("Reference")),
        default=[],
        label=_("References"),
    )

    class Meta:
        icon = "pilcrow"
        label = _("Paragraph")
        description = _("Plain text. Say how sure the claim is, and name its sources.")
        template = "education/blocks/paragraph.html"
        preview_value = {
            "text": "<p>The muscle bends your hip, so that you can lift your knee.</p>",
            "evidence": Evidence.TEXTBOOK,
            "references": [],
        }


class FigureValue(blocks.StructValue):
    def picture_in(self, language: str) -> drawings.Picture | None:
        """The uploaded image, or the drawing with its words in that language, or None."""
        alt = "" if self.is_decoration else self["alt"]
        if image := self.get("image"):
            return drawings.uploaded(image, alt=alt)
        if not self.get("drawing"):
            return None
        return drawings.drawing(self["drawing"], alt=alt, language=language)

    @property
    def is_decoration(self) -> bool:
        return self.get("purpose") == DECORATION

    @property
    def is_said(self) -> bool:
        """Whether those who do not see it miss nothing."""
        return self.is_decoration or bool((self.get("alt") or "").strip())


class FigureBlock(blocks.StructBlock):
    """A picture with alt text, caption, and its labels as text."""

    drawing = WordBlock(choices=drawings.FIGURES, required=False, label=_("Drawing"))
    image = ImageBlock(required=False, label=_("Or an uploaded picture"))
    alt = blocks.TextBlock(max_length=250, required=False, label=_("The picture in words"))
    purpose = WordBlock(
        choices=[(DECORATION, _("Decoration: it says nothing that the text does not say"))],
        required=False,
        label=_("Without words"),
        help_text=_("Screen readers leave a decoration out."),
    )
    caption = blocks.CharBlock(max_length=250, required=False, label=_("Caption"))
    labels = blocks.ListBlock(
        blocks.TextBlock(max_length=200, label=_("Label")),
        default=[],
        label=_("What the labels say"),
        help_text=_("The same facts as text, for people who do not see the picture."),
    )

    class Meta:
        icon = "image"
        label = _("Figure")
        description = _("A picture with alt text, a caption, and its labels as text.")
        template = "education/blocks/figure.html"
        value_class = FigureValue
        preview_value = {
            "drawing": "iliopsoas-anatomy",
            "image": None,
            "alt": "The muscle runs from the low back, through the hip, to the thigh bone.",
            "caption": "Where the muscle sits",
            "labels": ["Psoas: from the low back", "Iliacus: from the hip bone"],
        }

    def clean(self, value: Any) -> Any:
        """A draft may wait for its words; the picture itself has to be there."""
        result = super().clean(value)
        errors = {}
        if not result.get("drawing") and not result.get("image"):
            errors["image"] = ValidationError(gettext("Choose a drawing, or upload a picture."))
        if not result.is_said and not self.is_deferred_validation:
            errors["alt"] = ValidationError(
                gettext("Say in words what the picture shows, or mark it as decoration.")
            )
        if errors:
            raise blocks.StructBlockValidationError(block_errors=errors)
        return result


class WarningBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=120, label=_("Heading"))
    text = blocks.RichTextBlock(features=FEATURES, label=_("Text"))
    short = blocks.TextBlock(
        max_length=700,
        required=False,
        label=_("In short"),
        help_text=_("For the handout, where there is little room. Leave empty to print all of it."),
    )
    references = blocks.ListBlock(
        SnippetChooserBlock("education.Reference", label=_("Reference")),
        default=[],
        label=_("References"),
    )

    class Meta:
        icon = "info-circle"
        label = _("Warning")
        description = _("Something to know before going on.")
        template = "education/blocks/warning.html"
        preview_value = {
            "heading": "If your back hurts",
            "text": "<p>Choose the seated exercise.</p>",
            "short": "",
            "references": [],
        }


class ItemsBlock(blocks.StructBlock):
    items = blocks.ListBlock(blocks.TextBlock(max_length=200, label=_("Item")), label=_("Items"))


class DoBlock(ItemsBlock):
    class Meta:
        icon = "check"
        label = _("Do")
        description = _("A list of things to do.")
        template = "education/blocks/do.html"
        preview_value = {"items": ["breathe all the way through"]}


class DontBlock(ItemsBlock):
    class Meta:
        icon = "cross"
        label = _("Don’t")
        description = _("A list of things to avoid. “do not” is added for you.")
        template = "education/blocks/dont.html"
        preview_value = {"items": ["hold your breath"]}


class ExpanderBlock(blocks.StructBlock):
    summary = blocks.CharBlock(max_length=120, label=_("What it is about"))
    text = blocks.RichTextBlock(features=FEATURES, label=_("Text"))
    evidence = WordBlock(choices=Evidence.choices, required=False, label=_("How sure is this"))
    references = blocks.ListBlock(
        SnippetChooserBlock("education.Reference", label=_("Reference")),
        default=[],
        label=_("References"),
    )

    class Meta:
        icon = "collapse-down"
        label = _("Expander")
        description = _("Detail that only some readers want. Never put safety advice here.")
        template = "education/blocks/expander.html"
        preview_value = {
            "summary": "How do we know?",
            "text": "<p>One study measured it.</p>",
            "evidence": Evidence.MEASURED,
            "references": [],
        }


class ActionLinkBlock(blocks.StructBlock):
    """One clear next step."""

    kind = WordBlock(
        choices=[
            ("booking", _("Ask for a consultation")),
            ("tel", _("Call the clinic")),
            ("page", _("Another page")),
        ],
        label=_("Leads to"),
    )
    text = blocks.CharBlock(max_length=120, label=_("Link text"))
    page = PageBlock(required=False, label=_("Page"))

    class Meta:
        icon = "arrow-right"
        label = _("Action link")
        description = _("A link to a page, the clinic’s phone, or asking for a consultation.")
        template = "education/blocks/action_link.html"
        preview_value = {"kind": "tel", "text": "Call the clinic", "page": None}

    def clean(self, value: Any) -> Any:
        result = super().clean(value)
        if result["kind"] == "page" and not result.get("page"):
            raise blocks.StructBlockValidationError(
                block_errors={"page": ValidationError(gettext("Choose the page to lead to."))}
            )
        return result
