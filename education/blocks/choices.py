"""A choice that is stored as a word, as all of ours are."""

from typing import Any

from wagtail import blocks


class WordBlock(blocks.ChoiceBlock):
    """Reads the word as it stands. Wagtail puts every choice into words to find which one it is."""

    def bulk_to_python(self, values: Any) -> list[Any]:
        return list(values)
