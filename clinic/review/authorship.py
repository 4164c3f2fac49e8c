"""Who wrote a reviewed page or snippet, and so may not approve it."""

from typing import Any

from clinic.review.text import text_of


def wrote(user: Any, thing: Any) -> bool:
    """The user is its author, was the last to change its text, or sent it in for review."""
    if getattr(thing, "author_id", None) == user.pk:
        return True
    state = getattr(thing, "current_workflow_state", None)
    if state and state.requested_by_id == user.pk:
        return True
    return last_writer(thing) == user.pk


def last_writer(thing: Any) -> int | None:
    """The id of the user whose revision last changed the text.

    A revision with the text of the one before is no writing: the editor saves one on "Approve" too.
    """
    writer, newer = None, None
    revisions = thing.revisions.order_by("-created_at", "-pk").values_list("user_id", "content")
    for user_id, content in revisions.iterator(chunk_size=10):
        text = text_of(content)
        if newer is not None and text != newer:
            break
        writer, newer = user_id, text
    return writer


def author_id(thing: Any) -> int | None:
    """The id of its author: whom the page names, or else whoever made its first revision."""
    named: int | None = getattr(thing, "author_id", None)
    if named is None:
        users = thing.revisions.order_by("created_at", "pk").values_list("user_id", flat=True)
        named = users.first()
    return named


def may_skip_review(user: Any, thing: Any) -> bool:
    """Only an owner may publish without a review, and never what they are the author of."""
    return bool(user.is_superuser and author_id(thing) != user.pk)
