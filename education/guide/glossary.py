"""Explains a glossary word where it first appears, with a button and a popover; no script."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from clinic.markup import filled

CLOSED = {"a", "b", "strong", "h1", "h2", "h3", "button"}


class Glossary:
    """The words of one page. Each is marked once; `used` are those marked so far."""

    def __init__(self, terms: Iterable[Any] = ()) -> None:
        self.waiting = {form.lower(): term for term in terms for form in term.forms}
        self.used: list[Any] = []
        self._pattern = pattern(tuple(self.waiting))

    def explain(self, html: str) -> str:
        """The same HTML with the first mention of each waiting word made a button."""
        lowered = html.lower()
        if not any(form in lowered for form in self.waiting):
            return html  # most texts; this test costs far less than the pattern
        inside: list[str] = []

        def marked(found: re.Match[str]) -> str:
            closing, tag, word = found["closing"], found["tag"], found["word"]
            if tag and tag.lower() in CLOSED:
                if closing:
                    del inside[-1:]
                else:
                    inside.append(tag)
            if tag or inside or not (term := self.waiting.get(word.lower())):
                return found[0]
            self.used.append(term)
            self.waiting = {form: one for form, one in self.waiting.items() if one is not term}
            button = filled(
                '<button type="button" class="app-term" popovertarget="term-{}">{}</button>',
                term.key,
                word,
            )
            if not (after := found["after"]):
                return button
            # A browser may break the line after a button: no comma begins one.
            return filled('<span class="app-term__end">{}{}</span>', button, after)

        return self._pattern.sub(marked, html)


@lru_cache(maxsize=64)
def pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    """Matches a tag or a word, the longest word first, so that `hip bone` wins over `hip`."""
    words = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    word = rf"\b(?P<word>{words})\b" if words else r"(?P<word>(?!))"
    word += r"(?P<after>[,.;:!?)]*)"
    return re.compile(rf"<(?P<closing>/?)\s*(?P<tag>[\w-]+)[^>]*>|{word}", re.IGNORECASE)
