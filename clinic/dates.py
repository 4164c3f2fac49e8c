"""Dates on a page: the day stays on one line with its month."""

import re

BETWEEN = re.compile(r"(?<=\d) (?:(\w\w) )?(?=[^\W\d]{3})")
"""The space in "26 November", and both in "26 de noviembre"."""


def unbroken(words: object) -> str:
    """The words with no-break spaces in their date.

    For what is HTML, pages and mails; screen readers say the same. Subjects, plain mails, texts to phones
    and calendar files have plain spaces, for the programs that look for dates in them: see `plain`.
    """
    return BETWEEN.sub(lambda gap: gap[0].replace(" ", "\N{NO-BREAK SPACE}"), str(words), count=1)


def plain(words: str) -> str:
    """The words with plain spaces, for what is not HTML."""
    return words.replace("\N{NO-BREAK SPACE}", " ")
