"""The search: by any words of a name, the end of a telephone, a reference or an address."""

import pytest
from django.db import connection

from bookings import transitions
from bookings.models import ConsultationRequest, SearchWord, search_words
from bookings.staff.requests import queries
from bookings.worker.search_words import write_missing
from tests.factories import MONDAY, make_ask, make_person

pytestmark = pytest.mark.django_db

PEOPLE = {
    "garcia": ("María García López", "", "+442079460123"),
    "brook": ("Ada Brook", "", ""),
    "obrien": ("Seán O’Brien-Lee", "", "+447700900123"),
    "strauss": ("Jürgen Strauß", "Søren Łukasz", ""),
    "yamada": ("山田太郎", "", ""),
    "odd": ("🦵", "", ""),
}
FOUND = {
    "garcia": {"garcia"},
    "GARCÍA": {"garcia"},
    "lopez maria": {"garcia"},
    "mar lop": {"garcia"},
    "Brook Ada": {"brook"},
    "ada brook": {"brook"},
    "ada garcia": set(),
    "rook": set(),
    "obrien": {"obrien"},
    "O'Brien": {"obrien"},
    "o brien": {"obrien"},
    "brien lee sean": {"obrien"},
    "strauss": {"strauss"},
    "Jurgen": {"strauss"},
    "soren lukasz": {"strauss"},
    "山田": {"yamada"},
    "太郎": {"yamada"},
    "0123": {"garcia", "obrien"},
    "460123": {"garcia"},
    "020 7946 0123": {"garcia"},
    "+44 7700 900123": {"obrien"},
    "07700 900 123": {"obrien"},
    "900123": {"obrien"},
    "1230": set(),
    "brook@example": {"brook"},
    "BROOK@EXAMPLE.ORG": {"brook"},
    "%": set(),
    "@": set(),
    "🦵": set(),
    "": set(),
}


@pytest.fixture
def people(clinic):
    """One request of each."""
    made = {}
    for key, (name, asked_by, phone) in PEOPLE.items():
        person = make_person(
            name=name, on_behalf_of=asked_by, phone=phone, email=f"{key}@example.org"
        )
        made[key] = transitions.submit(
            make_ask(*clinic[:2]), person, idempotency_key=key, now=MONDAY
        )
    return made


def found(words):
    return {*queries.search(ConsultationRequest.objects.all(), words)}


@pytest.mark.parametrize("many", [1, 2, 2000])
def test_words_in_any_order_and_without_accents(people, monkeypatch, many):
    """However many requests have them: words that many have are looked for in another way."""
    monkeypatch.setattr(search_words, "MANY", many)
    expected = {words: {people[key] for key in keys} for words, keys in FOUND.items()}
    assert {words: found(words) for words in FOUND} == expected


def test_a_reference_is_found_as_far_as_typed(people):
    one = people["brook"]
    for typed in (one.reference, one.reference.lower(), one.reference[:6], one.reference[:4]):
        assert one in found(typed)


def test_a_correction_is_found_and_the_old_name_not(people, desk):
    one = people["brook"]
    person = make_person(name="Ada Stream", email="ada@example.org", phone="+442079460777")
    ruth = transitions.staff(desk)
    transitions.correct_contact(one, person, actor=ruth, version=one.version, now=MONDAY)
    assert found("stream ada") == found("0777") == found("ada@ex") == {one}
    assert found("brook") == found("brook@ex") == set()
    transitions.change_phone(one, phone="+442079460888", now=MONDAY)
    assert found("0888") == {one} and found("0777") == set()


def test_what_an_earlier_version_wrote_is_found_later(people):
    SearchWord.objects.filter(request=people["brook"]).delete()
    assert [write_missing(now=MONDAY), write_missing(now=MONDAY)] == [1, 0]
    assert found("brook") == {people["brook"]}


def test_the_words_are_read_from_an_index(people):
    """However few the rows: otherwise a million of them would be read one by one."""
    rows = SearchWord.objects.filter(search_words.begins("word", "garcia")).order_by()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = rows.values("request").explain()
    assert "search_word" in plan and ("Index Cond" in plan or "word>? AND word<?" in plan)
