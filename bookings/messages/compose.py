"""Turns words with placeholders into a subject and paragraphs, and checks such words for mistakes.

Placeholders are replaced once, by plain substitution: inserted text is never parsed again and never
reaches a template engine. `templates/emails/message.html` escapes it for HTML.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from bookings.messages.defaults import KINDS
from bookings.messages.kinds import GREETING, OPEN
from bookings.messages.placeholders import BLOCKS, IN_SUBJECTS
from bookings.models import MessageTemplate
from bookings.models.spoken import each_line
from clinic.content_version import cached_until_change
from clinic.dates import plain

PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
COUNTED = re.compile(r"(\{(?:minutes|notice)\}) (?=\w)")
"""The space between a number and its unit becomes a no-break space."""
LISTS = frozenset({"{preparation}", "{directions}"})
"""Last in a paragraph these become bullets, where they have several lines."""
TITLES = frozenset(
    {"Mrs", "Miss", "Sir", "Lady", "Dame", "Prof", "Sra", "Srta", "Don", "Doña", "Dra"}
)
Values = Mapping[str, Any]
"""A placeholder's text, a list of lines, or a list of (label, text) rows."""


@dataclass(frozen=True)
class Part:
    """One paragraph of a message: text, bullets (`strong` for times to choose from), or table rows.

    `said`: a member of staff wrote this to the patient; it is set apart from the standard text.
    """

    text: str = ""
    bullets: list[str] = field(default_factory=list)
    strong: bool = False
    said: bool = False
    rows: list[dict[str, str]] = field(default_factory=list)

    @property
    def leads(self) -> bool:
        """Whether it introduces the next paragraph."""
        return self.text.endswith(":")

    @property
    def plain(self) -> str:
        lines = [f"- {each}" for each in self.bullets]
        lines += [f"{row['key']}: {', '.join(row['value'].splitlines())}" for row in self.rows]
        return "\n".join(lines) or self.text


def words(kind: str, language: str) -> dict[str, str]:
    """Subject, heading and body in a language: staff's own words, or else the defaults."""
    with override(language):
        default = KINDS[kind].default
        own = cached_until_change(
            f"wording {kind} {language}",
            lambda: MessageTemplate.objects.filter(kind=kind, language=language).first(),
        )
        if own is None:
            return default
        written = {name: getattr(own, name) for name in default}
        # Own words may use a placeholder that no longer exists; the message must still be sent.
        return default if any(problems(kind, written).values()) else written


def compose(text: Mapping[str, str], values: Values) -> dict[str, Any]:
    """Subject and heading as one line each, the body as `Part`s."""
    return {
        "subject": " ".join(fill(text["subject"], values).split()),
        "heading": " ".join(fill(text["heading"], values).split()),
        "parts": list(parts(text["body"], values)),
    }


def preheader(kind: str, values: Values) -> str:
    """The line that an inbox shows beside the subject, without sentences that have nothing to say."""
    text = "\n\n".join(str(sentence) for sentence in KINDS[kind].preheader)
    return " ".join(part.text for part in parts(text, values))


def greeting(kind: str, text: Mapping[str, str], values: Values) -> str:
    """ "Hello Maria,"; empty before the address is confirmed, and if the words use the name themselves."""
    if "name" not in KINDS[kind].known or "{name}" in text["body"]:
        return ""
    name = first_name(values["name"])
    return str(GREETING) % {"name": name} if name else ""


def first_name(name: str) -> str:
    """The first of several names; all of them if the first is a title or an initial."""
    first = name.split(" ")[0]
    return name if len(first) < 3 or first.endswith(".") or first in TITLES else first


def fill(text: str, values: Values) -> str:
    text = COUNTED.sub("\\1\N{NO-BREAK SPACE}", text)
    return PLACEHOLDER.sub(lambda match: str(values[match[1]]), text)


def parts(body: str, values: Values) -> Iterator[Part]:
    """The paragraphs, except those with a placeholder that is empty."""
    for paragraph in re.split(r"\n[ \t]*\n", body.replace("\r\n", "\n").strip()):
        names = PLACEHOLDER.findall(paragraph)
        if not paragraph.strip() or any(values[name] in ("", []) for name in names):
            continue
        block = next((values[name] for name in names if name in BLOCKS), None)
        lines = [line.strip() for line in paragraph.strip().splitlines()]
        if block and all(isinstance(each, str) for each in block):
            yield Part(bullets=list(block), strong=True)
        elif block:
            yield Part(rows=[_row(str(key), str(value)) for key, value in block])
        elif all(line.startswith("- ") for line in lines):
            yield Part(bullets=[fill(line[2:], values) for line in lines])
        elif lines[-1] in LISTS and "\n" in values[lines[-1].strip("{}")].strip():
            if lines[:-1]:
                yield Part(text=fill("\n".join(lines[:-1]), values))
            yield Part(bullets=each_line(values[lines[-1].strip("{}")]))
        else:
            yield Part(text=fill("\n".join(lines), values), said=lines == ["{message}"])


def _row(key: str, value: str) -> dict[str, str]:
    """A row of a table; an address is drawn as a link, ours in words."""
    ours = value.startswith(f"{settings.SITE_URL}/")
    url = value if ours or value.startswith("https://") else ""
    # The column of keys is narrow: a date breaks there.
    return {"key": plain(key), "value": value, "url": url, "text": str(OPEN) if ours else ""}


def problems(kind: str, text: Mapping[str, str]) -> dict[str, list[str]]:
    """The mistakes in subject, heading and body, each in words for the author."""
    known = KINDS[kind].known
    return {
        "subject": _braces(text["subject"], known & IN_SUBJECTS),
        "heading": _braces(text["heading"], known - BLOCKS),
        "body": _braces(text["body"], known) + _blocks(text["body"]) + _missing(text["body"], kind),
    }


def _braces(text: str, known: frozenset[str]) -> list[str]:
    found = []
    for name in dict.fromkeys(PLACEHOLDER.findall(text)):
        if name not in known:
            found.append(_unknown(name, known))
    if re.search(r"[{}]", PLACEHOLDER.sub("", text)):
        found.append(
            _(
                "There is a single brace { or }. Write a placeholder as {name}, with one on each side."
            )
        )
    return found


def _unknown(name: str, known: frozenset[str]) -> str:
    near = difflib.get_close_matches(name.strip().lower(), known)
    if near:
        return _("{%(name)s} cannot be used here. Did you mean {%(near)s}?") % {
            "name": name,
            "near": near[0],
        }
    names = ", ".join(f"{{{each}}}" for each in sorted(known))
    return _("{%(name)s} cannot be used here. These can: %(names)s.") % {
        "name": name,
        "names": names,
    }


def _blocks(body: str) -> list[str]:
    found = []
    for paragraph in re.split(r"\n[ \t]*\n", body.replace("\r\n", "\n")):
        for name in BLOCKS.intersection(PLACEHOLDER.findall(paragraph)):
            if paragraph.strip() != f"{{{name}}}":
                found.append(
                    _("{%(name)s} needs a line of its own, with an empty line before and after.")
                    % {"name": name}
                )
    return found


def _missing(body: str, kind: str) -> list[str]:
    there = set(PLACEHOLDER.findall(body))
    return [
        _("The patient must read this: add %(names)s.")
        % {"names": _(" or ").join(f"{{{name}}}" for name in sorted(wanted))}
        for wanted in KINDS[kind].needs
        if not wanted & there
    ]
