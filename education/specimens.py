"""The blocks of a guide as the styleguide shows them: each with the value of its own preview."""

from wagtail.blocks import Block

from clinic.models import ClinicSettings
from education import blocks


def shown() -> list[dict[str, str]]:
    """Name, description and HTML of each class that `education.blocks` names, in its order."""
    return [_specimen(getattr(blocks, name)()) for name in blocks.__all__]


def _specimen(block: Block) -> dict[str, str]:
    value = block.get_preview_value()
    context = block.get_preview_context(value, {"clinic": ClinicSettings.current()})
    return {
        "name": type(block).__name__,
        "description": block.get_description(),
        "html": block.render(value, context),
    }
