"""From words with placeholders to a subject and paragraphs; and what is wrong with such words.

Plain substitution, once: what is put in is never looked at again, and never reaches a template
engine. HTML is escaped where the paragraphs are drawn (`templates/emails/message.html`).
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
from bookings.messages.placeholders import BLOCKS, IN_SUBJECTS
from bookings.models import MessageTemplate
from bookings.models.directory import each_line

PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
COUNTED = re.compile(r"(\{(?:minutes|notice)\}) (?=\w)")
"""The space between a number and what it counts: they stay on one line."""
Values = Mapping[str, Any]
"""A placeholder's text, a list of lines, or a list of (label, text) rows."""


@dataclass(frozen=True)
class Part:
    """One paragraph of a message: text, bullets (times to choose from are `strong`), or rows.

    `said`: what a person of the clinic wrote to this patient, told from the words around it.
    """

    text: str = ""
    bullets: list[str] = field(default_factory=list)
    strong: bool = False
    said: bool = False
    rows: list[dict[str, str]] = field(default_factory=list)

    @property
    def leads(self) -> bool:
        """Whether the next paragraph belongs to this one."""
        return self.text.endswith(":")

    @property
    def plain(self) -> str:
        lines = [f"- {each}" for each in self.bullets]
        lines += [f"{row['key']}: {', '.join(row['value'].splitlines())}" for row in self.rows]
        return "\n".join(lines) or self.text


def words(kind: str, language: str) -> dict[str, str]:
    """Subject, heading and body in a language: staff's own words, or else the clinic's."""
    with override(language):
        default = KINDS[kind].default
        own = MessageTemplate.objects.filter(kind=kind, language=language).first()
        if own is None:
            return default
        written = {name: getattr(own, name) for name in default}
        # A later version may no longer know a placeholder; the message must leave all the same.
        return default if any(problems(kind, written).values()) else written


def compose(text: Mapping[str, str], values: Values) -> dict[str, Any]:
    """Subject and heading as one line each, the body as `Part`s."""
    return {
        "subject": " ".join(fill(text["subject"], values).split()),
        "heading": " ".join(fill(text["heading"], values).split()),
        "parts": list(parts(text["body"], values)),
    }


def fill(text: str, values: Values) -> str:
    text = COUNTED.sub("\\1\N{NO-BREAK SPACE}", text)
    return PLACEHOLDER.sub(lambda match: str(values[match[1]]), text)


def parts(body: str, values: Values) -> Iterator[Part]:
    """The paragraphs, but for those with a placeholder that has nothing to say."""
    for paragraph in re.split(r"\n[ \t]*\n", body.replace("\r\n", "\n").strip()):
        names = PLACEHOLDER.findall(paragraph)
        if not paragraph.strip() or any(values[name] in ("", []) for name in names):
            continue
        block = values[names[0]] if names and names[0] in BLOCKS else None
        lines = [line.strip() for line in paragraph.strip().splitlines()]
        if block and isinstance(block[0], str):
            yield Part(bullets=list(block), strong=True)
        elif block:
            yield Part(rows=[_row(str(key), str(value)) for key, value in block])
        elif all(line.startswith("- ") for line in lines):
            yield Part(bullets=[fill(line[2:], values) for line in lines])
        elif lines[-1] == "{preparation}" and "\n" in values["preparation"].strip():
            if lines[:-1]:
                yield Part(text=fill("\n".join(lines[:-1]), values))
            yield Part(bullets=each_line(values["preparation"]))
        else:
            yield Part(text=fill("\n".join(lines), values), said=lines == ["{message}"])


def _row(key: str, value: str) -> dict[str, str]:
    """A row of a table; one that is an address of ours is drawn as a link."""
    ours = value.startswith(f"{settings.SITE_URL}/")
    return {"key": key, "value": value, "url": value if ours else ""}


def problems(kind: str, text: Mapping[str, str]) -> dict[str, list[str]]:
    """What is wrong with each of subject, heading and body, in words for whoever wrote it."""
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
            _("A brace { or } stands alone. A placeholder has one before and one behind its name.")
        )
    return found


def _unknown(name: str, known: frozenset[str]) -> str:
    near = difflib.get_close_matches(name.strip().lower(), known, n=1)
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
