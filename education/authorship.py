"""Who wrote a thing that is to be reviewed."""

from typing import Any

# What Wagtail itself notes in a revision, beside what somebody typed.
BOOKKEEPING = {
    "draft_title",
    "expired",
    "first_published_at",
    "go_live_at",
    "has_unpublished_changes",
    "last_published_at",
    "latest_revision",
    "latest_revision_created_at",
    "live",
    "live_revision",
    "locked",
    "locked_at",
    "locked_by",
    "wagtail_admin_comments",
}


def wrote(user: Any, thing: Any) -> bool:
    """The user is its author, made its newest text, or sent it for review."""
    if getattr(thing, "author_id", None) == user.pk:
        return True
    state = getattr(thing, "current_workflow_state", None)
    if state and state.requested_by_id == user.pk:
        return True
    return last_writer(thing) == user.pk


def last_writer(thing: Any) -> int | None:
    """Id of the user whose revision last changed a word.

    The editor saves a revision on "Approve" too, with every word as it was: that is no writing.
    """
    revisions = list(thing.revisions.order_by("-created_at", "-pk")[:20])
    for newer, older in zip(revisions, revisions[1:], strict=False):
        if text_of(newer) != text_of(older):
            return newer.user_id
    return revisions[-1].user_id if revisions else None


def text_of(revision: Any) -> dict[str, Any]:
    return {name: value for name, value in revision.content.items() if name not in BOOKKEEPING}
