"""Short functions that build the blocks of seeded pages."""

from typing import Any

from education.models import Exercise, Reference

Block = tuple[str, dict[str, Any] | None]


def sources(keys: str) -> list[Reference]:
    """References by key, in the given order, without those that staff deleted."""
    wanted = keys.split()
    found = {reference.key: reference for reference in Reference.objects.filter(key__in=wanted)}
    return [found[key] for key in wanted if key in found]


def section(heading: str, *content: Block) -> Block:
    return "section", {"heading": heading, "content": list(content)}


def text(html: str, evidence: str = "", keys: str = "") -> Block:
    return "paragraph", {"text": html, "evidence": evidence, "references": sources(keys)}


def warning(heading: str, html: str, keys: str = "", short: str = "") -> Block:
    value = {"heading": heading, "text": html, "short": short, "references": sources(keys)}
    return "warning", value


def expander(summary: str, html: str, evidence: str = "", keys: str = "") -> Block:
    return "expander", {
        "summary": summary,
        "text": html,
        "evidence": evidence,
        "references": sources(keys),
    }


def figure(drawing: str, *, alt: str, caption: str, labels: list[str]) -> Block:
    return "figure", {
        "drawing": drawing,
        "image": None,
        "alt": alt,
        "caption": caption,
        "labels": labels,
    }


def facts(
    name: str,
    *,
    starts: list[tuple[str, str]],
    attaches: str,
    actions: list[str],
    nerves: str,
    opposite: list[str],
    evidence: str = "",
    references: list[Reference] | None = None,
) -> Block:
    """Muscle facts; `starts` names each part and where it starts."""
    return "muscle_facts", {
        "name": name,
        "parts": [{"name": part, "starts": where} for part, where in starts],
        "attaches": attaches,
        "actions": actions,
        "nerves": nerves,
        "opposite": opposite,
        "evidence": evidence,
        "references": references or [],
    }


def care(
    level: str, items: list[str], heading: str = "", advice: str = "", short: str = ""
) -> Block:
    value = {"level": level, "heading": heading, "items": items, "short": short, "advice": advice}
    return "care_card", value


def do(*items: str) -> Block:
    return "do", {"items": list(items)}


def dont(*items: str) -> Block:
    return "dont", {"items": list(items)}


def action(kind: str, words: str) -> Block:
    return "action_link", {"kind": kind, "text": words, "page": None}


def exercise(key: str) -> Block:
    return "exercise", {"exercise": Exercise.objects.get(key=key)}


def exercises(*keys: str) -> list[Block]:
    """Blocks of the exercises that exist, in the given order."""
    return [exercise(key) for key in keys if Exercise.objects.filter(key=key).exists()]


def routine(introduction: str, *keys: str) -> Block:
    values = [value for _, value in exercises(*keys)]
    return "routine", {"introduction": introduction, "exercises": values}
