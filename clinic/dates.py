"""Dates: how a page breaks them, and arithmetic on them without a time of day."""

import calendar
import datetime as dt
import re

BETWEEN = re.compile(r"(?<=\d) (?:(\w\w) )?(?=[^\W\d]{3})")
"""The space in "26 November", and both in "26 de noviembre"."""
AT = re.compile(r"(?<=\ba las) (?=\d)")
"""The space before the time in Spanish: "a las 10:00"."""
NO_BREAK = "\N{NO-BREAK SPACE}"


def unbroken(words: object) -> str:
    """The words with no-break spaces in their date, and before a Spanish time.

    For what is HTML, pages and mails; screen readers say the same. Subjects, plain mails, texts to phones
    and calendar files have plain spaces, for the programs that look for dates in them: see `plain`.
    """
    dated = BETWEEN.sub(lambda gap: gap[0].replace(" ", NO_BREAK), str(words), count=1)
    return AT.sub(NO_BREAK, dated)


def plain(words: str) -> str:
    """The words with plain spaces, for what is not HTML."""
    return words.replace(NO_BREAK, " ")


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day `months` later, or the month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))
