"""The newest advice for a site that was seeded before: as drafts, which somebody reviews."""

from __future__ import annotations

import json
from typing import Any

from education.models import Exercise, GuidePage, Reference
from education.seed import back_library, gluteus_maximus, hamstrings, iliopsoas, library

GUIDES = (iliopsoas, gluteus_maximus, hamstrings)
ROWS: list[tuple[Any, list[dict[str, Any]]]] = [
    (Reference, library.REFERENCES),
    (Exercise, library.EXERCISES + back_library.EXERCISES),
]


def propose() -> list[str]:
    """Save today's text of each seeded source, exercise and guide as a draft; publishes nothing.

    What staff deleted stays deleted, and what has this text already gets no draft. Returns the names of
    those that have a draft now.
    """
    return [str(thing) for thing in (*_entries(), *_guides())]


def _entries() -> list[Any]:
    found = []
    for model, rows in ROWS:
        for row in rows:
            entry = model.objects.filter(key=row["key"]).first()
            if entry is not None and _draft(entry.get_latest_revision_as_object(), row):
                found.append(entry)
    return found


def _guides() -> list[Any]:
    found = []
    for module in GUIDES:
        new = module.page()
        page = GuidePage.objects.filter(slug=new.slug).first()
        if page is None:
            continue
        texts = {name: getattr(new, name) for name in ("headline", "introduction", "body")}
        if _draft(page.get_latest_revision_as_object(), texts):
            found.append(page)
    return found


def _draft(latest: Any, texts: dict[str, Any]) -> bool:
    before = latest.serializable_data()
    for name, text in texts.items():
        setattr(latest, name, text)
    after = latest.serializable_data()
    if _without_ids(before) == _without_ids(after):
        return False
    latest.save_revision()
    return True


def _without_ids(data: Any) -> Any:
    """Blocks without the ids that each making of them gives anew."""
    if isinstance(data, str) and data.startswith("["):
        return _without_ids(json.loads(data))
    if isinstance(data, list):
        return [_without_ids(one) for one in data]
    if isinstance(data, dict):
        return {name: _without_ids(one) for name, one in data.items() if name != "id"}
    return data
