"""Explains a glossary word where it first appears, with no script: a button and a popover."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html
from wagtail.rich_text import RichText

TAG = re.compile(r"(<[^>]+>)")
CLOSED = {"a", "b", "strong", "h1", "h2", "h3", "button"}


class Glossary:
    """The words of one page. Each is marked once; `used` are those marked so far."""

    def __init__(self, terms: Iterable[Any] = ()) -> None:
        self.waiting = {form.lower(): term for term in terms for form in term.forms}
        self.used: list[Any] = []
        self._pattern = self._compile()

    def _compile(self) -> re.Pattern[str] | None:
        forms = sorted(self.waiting, key=len, reverse=True)
        words = "|".join(re.escape(form) for form in forms)
        return re.compile(rf"\b({words})\b", re.IGNORECASE) if words else None

    def explain(self, text: RichText) -> RichText:
        """The same text with the first mention of each waiting word made a button."""
        inside: list[str] = []
        made = []
        for piece in TAG.split(text.source):
            if TAG.fullmatch(piece):
                name = piece.strip("</>").split()[0].lower()
                if name in CLOSED:
                    if piece.startswith("</"):
                        inside = inside[:-1]
                    else:
                        inside.append(name)
                made.append(piece)
            else:
                made.append(piece if inside else self._mark(piece))
        return RichText("".join(made))

    def _mark(self, piece: str) -> str:
        done = ""
        while self._pattern and (found := self._pattern.search(piece)):
            term = self.waiting[found[0].lower()]
            button = format_html(
                '<button type="button" class="app-term" popovertarget="term-{}">{}</button>',
                term.key,
                found[0],
            )
            done += piece[: found.start()] + button
            piece = piece[found.end() :]
            self.used.append(term)
            self.waiting = {form: t for form, t in self.waiting.items() if t != term}
            self._pattern = self._compile()
        return done + piece
