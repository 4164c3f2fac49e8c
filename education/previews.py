"""The blocks of a guide for the styleguide, each with its preview value."""

from wagtail.blocks import Block

from clinic.models import ClinicSettings
from education import blocks


def all_blocks() -> list[dict[str, str]]:
    """Name, description and HTML of each class in `education.blocks.__all__`, in that order."""
    return [_preview(getattr(blocks, name)()) for name in blocks.__all__]


def _preview(block: Block) -> dict[str, str]:
    value = block.get_preview_value()
    context = block.get_preview_context(value, {"clinic": ClinicSettings.current()})
    return {
        "name": type(block).__name__,
        "description": block.get_description(),
        "html": block.render(value, context),
    }
