"""Forms as a browser reads them, and what is sent to them: made from a number alone.

So one that fails can be sent again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag

NASTY = [
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202egnp.exe",
    "\u200b\u200b",
    "🦴" * 200,
    "x" * 10_000,
    "=cmd|' /C calc'!A1",
    "<script>alert(1)</script>",
    "{{ 7|add:7 }}{% debug %}",
    "'; DROP TABLE bookings_timeclaim; --",
    "../../etc/passwd",
    "a@b.example\r\nBcc: all@example.org",
    "2026-02-30T10:00Z",
    "9999-12-31T23:59Z",
    "0000-00-00T00:00Z",
    "2027-03-28T01:30",
    "9999-12-31",
    str(2**70),
    "-1",
    "1e400",
    "NaN",
    "none",
    "any",
    "null",
    "[]",
    "confirmed",
]
PLAUSIBLE = {
    "date": "2031-02-28",
    "datetime-local": "2031-02-28T10:00",
    "email": "maria@example.org",
    "number": "3",
    "password": "a long enough password",
    "tel": "020 7946 0999",
    "time": "09:30",
}
EVERYWHERE = ["status", "version", "service", "duration", "csrfmiddlewaretoken", "next", "\x00"]
"""Names that a form may not have, and that somebody posts to it nevertheless."""
BY_THE_BROWSER = {"submit", "button", "image", "reset", "file"}


def as_read(text: str) -> str:
    """What a server makes of the bytes."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


@dataclass
class Form:
    """A form as a page shows it: each name with what a browser would send of it untouched."""

    path: str
    shown: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)
    method: str = "post"
    reads: Callable[[str], str] = as_read
    keeps: bool = True
    """Whether the page that comes back shows what was typed; a list that is filtered need not."""

    @property
    def names(self) -> list[str]:
        return sorted(self.shown)


def forms_on(page: bytes, at: str) -> list[Form]:
    """The forms of a page that change something, read as a browser would."""
    found = [read(tag, at) for tag in BeautifulSoup(page, "html.parser").select("form")]
    return [form for form in found if form.method == "post"]


def read(tag: Tag, at: str) -> Form:
    form = Form(urljoin(at, str(tag.get("action") or at)).partition("#")[0])
    form.method = str(tag.get("method", "get")).lower()
    for control in tag.select("input[name], select[name], textarea[name], button[name]"):
        name = str(control["name"])
        kind = control.name if control.name != "input" else str(control.get("type", "text"))
        if name != "csrfmiddlewaretoken":
            note(form, name, kind, control)
    return form


def note(form: Form, name: str, kind: str, control: Tag) -> None:
    value = str(control.get("value", "on" if kind in {"checkbox", "radio"} else ""))
    sent = form.shown.setdefault(name, [])
    form.kinds[name] = kind
    if kind in {"checkbox", "radio"}:
        form.offered.setdefault(name, []).append(value)
        if control.has_attr("checked"):
            sent.append(value)
    elif kind == "select":
        options = [str(option.get("value", option.text)) for option in control.select("option")]
        form.offered[name] = options
        sent.extend(str(o["value"]) for o in control.select("option[selected][value]"))
        if not sent and not control.has_attr("multiple"):
            sent.extend(options[:1])
    elif kind == "textarea":
        sent.append(control.text)
    elif kind == "button":
        form.offered.setdefault(name, []).append(value)
    elif kind not in BY_THE_BROWSER:
        sent.append(value)


def value(chance: random.Random) -> str:
    if chance.random() < 0.6:
        return chance.choice(NASTY)
    return "".join(
        chr(chance.choice((chance.randrange(0xD800), 0xE000 + chance.randrange(0x100000))))
        for _ in range(chance.randrange(20))
    )


def well_meant(form: Form, name: str, chance: random.Random) -> list[str]:
    """What a person might enter there."""
    if form.offered.get(name):
        return [chance.choice(form.offered[name])]
    if form.kinds[name] == "hidden" or (form.shown[name] and chance.random() < 0.5):
        return form.shown[name]
    return [PLAUSIBLE.get(form.kinds[name], "Maria Example")]


def body(form: Form, number: int) -> dict[str, list[str]]:
    """A quarter is hostile throughout; of the others a few fields are, and some are left out."""
    chance = random.Random(f"{form.path} {number}")
    names = form.names
    most = len(names) if number % 4 == 0 else min(3, len(names))
    hostile = set(chance.sample(names, chance.randint(0, most)))
    sent = {n: well_meant(form, n, chance) for n in names if n not in hostile}
    for name in [*sorted(hostile), *chance.sample(EVERYWHERE, chance.randrange(3))]:
        sent[name] = [value(chance) for _ in range(chance.choice((1, 1, 1, 2, 0)))]
    return sent
