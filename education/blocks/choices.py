"""Choices of our blocks, read with less work than Wagtail's own."""

from typing import Any

from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock


class WordBlock(blocks.ChoiceBlock):
    """Reads the word as it stands. Wagtail puts every choice into words to find which one it is."""

    def bulk_to_python(self, values: Any) -> list[Any]:
        return list(values)


class OptionalChoice(blocks.ChooserBlock):
    """Asks for nothing where no block of a page chose anything. Wagtail puts a query together first."""

    def bulk_to_python(self, values: Any) -> list[Any]:
        return list(super().bulk_to_python(values) if any(values) else values)


class PageBlock(OptionalChoice, blocks.PageChooserBlock):
    pass


class ImageBlock(OptionalChoice, ImageChooserBlock):
    pass


# What migrations call them: Wagtail looks here for it.
DECONSTRUCT_ALIASES = {
    PageBlock: "wagtail.blocks.PageChooserBlock",
    ImageBlock: "wagtail.images.blocks.ImageChooserBlock",
}
