"""What counts as the text of a reviewed page or snippet, and the fingerprint of that text."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

# Fields that a reviewer does not sign: Wagtail's bookkeeping, the place in the tree, and who and when.
# Every other field is text, so a new field has to be signed unless it is named here.
NOT_TEXT = frozenset(
    {
        "alias_of",
        "author",
        "clinical_reviewer",
        "content_type",
        "depth",
        "draft_title",
        "expire_at",
        "expired",
        "first_published_at",
        "follows",
        "go_live_at",
        "has_unpublished_changes",
        "id",
        "key",
        "last_published_at",
        "last_reviewed",
        "latest_revision",
        "latest_revision_created_at",
        "live",
        "live_revision",
        "locale",
        "locked",
        "locked_at",
        "locked_by",
        "next_review",
        "numchild",
        "owner",
        "page_ptr",
        "path",
        "pk",
        "show_in_menus",
        "slug",
        "translation_key",
        "url_path",
        "wagtail_admin_comments",
    }
)
EMPTY: tuple[Any, ...] = ("", None, [], {})


def text_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """The text of a revision's content: without ids of blocks and without empty values.

    Wagtail adds both when it saves a text again.
    """
    return plain({name: value for name, value in content.items() if name not in NOT_TEXT})


def plain(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return plain(json.loads(value))  # the blocks of a page are JSON in JSON
        except ValueError:
            return value
    if isinstance(value, Mapping):
        inner = {name: plain(one) for name, one in value.items() if name != "id"}
        return {name: one for name, one in inner.items() if one not in EMPTY}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def fingerprint(content: Mapping[str, Any]) -> str:
    """Two contents have the same one exactly if they have the same text (SHA-256, hexadecimal)."""
    text = json.dumps(text_of(content), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint_of(thing: Any) -> str:
    """The fingerprint of a page or snippet as it is in memory."""
    return fingerprint(thing.serializable_data())
