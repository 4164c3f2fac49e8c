"""What the desk finds a request by: each word of the names, the address, the telephone from its end.

Kept as plain letters, so that "garcia" finds García and "brook ada" finds Ada Brook, with an index that
serves both databases. A database's own way to do that is either not there or reads every row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q

from bookings.models.requests import ConsultationRequest, RequestQuerySet

LONGEST = 40
PHONE = "#"
"""Stands before the digits of a telephone, which are kept backwards."""
EMAIL = "@"
"""Stands before an address."""
LAST = chr(0x10FFFF)
UNACCENTED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"}
)
APOSTROPHES = re.compile("['’‘`ʼ]")
# Written without spaces: every end of such a word is one as well.
WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class SearchWord(models.Model):
    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="search_words"
    )
    word = models.CharField(max_length=LONGEST)

    class Meta:
        indexes = [
            models.Index(
                fields=["word", "request"],
                name="search_word",
                # PostgreSQL looks up how a word begins in this one alone.
                opclasses=["varchar_pattern_ops", "int8_ops"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.pk}"


def plain(text: str) -> str:
    """Without accents and capitals: "García" is "garcia", "Strauß" is "strauss"."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", letters).translate(UNACCENTED)


def words_in(text: str) -> list[str]:
    """The words of a name in plain letters: "Seán O'Brien-Lee" has sean, obrien and lee."""
    return [
        word[:LONGEST] for word in re.split(r"[\W_]+", APOSTROPHES.sub("", plain(text))) if word
    ]


def digits_of(phone: str) -> str:
    """The digits of a telephone from the end, with the mark before them; of a whole one without the 0."""
    digits = "".join(re.findall(r"\d", phone))
    return PHONE + (digits.lstrip("0") if len(digits) > 5 else digits)[::-1]


def email_of(address: str) -> str:
    return EMAIL + address.casefold()


def words_of(consultation: ConsultationRequest) -> set[str]:
    """Everything that this request is to be found by."""
    found = set()
    for name in (consultation.name, consultation.on_behalf_of):
        found |= {*words_in(name)}
        for part in name.split():
            # "Jean-Luc" is also found as "jeanluc", and O'Brien as "brien".
            found |= {"".join(words_in(part))[:LONGEST], *words_in(APOSTROPHES.sub(" ", part))}
    for word in list(found):
        if WITHOUT_SPACES.search(word):
            found |= {word[start:] for start in range(1, len(word))}
    if consultation.phone:
        found.add(digits_of(str(consultation.phone))[:LONGEST])
    if consultation.email:
        found.add(email_of(consultation.email)[:LONGEST])
    return found - {""}


def write(consultations: Iterable[ConsultationRequest], *, new: bool = False) -> None:
    """Bring the words of these requests up to date; two queries, or one of `new` ones."""
    requests = list(consultations)
    if not new:
        SearchWord.objects.filter(request__in=[one.pk for one in requests]).delete()
    SearchWord.objects.bulk_create(
        (SearchWord(request=one, word=word) for one in requests for word in sorted(words_of(one))),
        batch_size=1000,
    )


MANY = 2000
"""Requests that have a word; of one that more have, each request is asked for whether it has it."""


def are_many(words: Iterable[str]) -> bool:
    """Whether very many requests have each of these words."""
    return all(_is_common(word) for word in words)


def found_by(requests: RequestQuerySet, words: Iterable[str]) -> RequestQuerySet:
    """The requests that have a word which begins so, for each of these."""
    return requests.filter(has_each(words))


def has_each(words: Iterable[str]) -> Q:
    found = Q()
    for word in words:
        rows = _rows_of(word)
        if _is_common(word):
            found &= Q(Exists(rows.filter(request=OuterRef("pk"))))
        else:
            found &= Q(pk__in=rows.values("request"))
    return found


def _is_common(word: str) -> bool:
    return _rows_of(word)[:MANY].count() == MANY


def _rows_of(word: str) -> models.QuerySet[SearchWord]:
    return SearchWord.objects.filter(begins("word", word[:LONGEST])).order_by()


def begins(field: str, text: str) -> Q:
    """How the column begins, in the way that the database has an index for."""
    if connection.vendor == "postgresql":
        return Q((f"{field}__startswith", text))
    return Q((f"{field}__gte", text), (f"{field}__lt", text + LAST))
