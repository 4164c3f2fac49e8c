"""One mailbox has one name, however its address is spelled."""

import pytest

from clinic.addresses import mailbox

ONE = [
    "maria.lopez@example.com",
    " Maria.Lopez@Example.COM ",
    "maria.lopez+clinic@example.com",
    "ｍａｒｉａ.lopez@example.com",
    "maria.lopez@ｅｘａｍｐｌｅ.com",
    "maria.lopez@exam\u00adple.com",
    "maria.lo\u200bpez@example.com",
    '"maria.lopez"@example.com',
    '"maria\\.lopez"@example.com',
    "maria.lopez@example.com.",
]


@pytest.mark.parametrize("spelling", ONE)
def test_every_spelling_is_one_mailbox(spelling):
    assert mailbox(spelling) == "maria.lopez@example.com"


@pytest.mark.parametrize(
    "spelling", ["ana@bücher.example", "ana@BÜCHER.example", "ana@xn--bcher-kva.example"]
)
def test_a_domain_in_either_form(spelling):
    assert mailbox(spelling) == "ana@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "spelling", ["m.a.ria@gmail.com", "maria+x@googlemail.com", "MARIA@gmail.com"]
)
def test_gmail_reads_no_dots(spelling):
    assert mailbox(spelling) == "maria@gmail.com"


@pytest.mark.parametrize(
    "other", ["mario.lopez@example.com", "maria.lopez@example.org", "marialopez@example.com"]
)
def test_others_are_others(other):
    assert mailbox(other) != "maria.lopez@example.com"


@pytest.mark.parametrize(
    "nonsense", ["", "@", '"@', "a@" + "x" * 70 + ".com", "a@\udcff", '""@example.com']
)
def test_nonsense_is_taken_too(nonsense):
    assert isinstance(mailbox(nonsense), str)
