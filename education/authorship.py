"""Who wrote a thing that is to be reviewed."""

from typing import Any


def wrote(user: Any, thing: Any) -> bool:
    """The user is its author, made its newest revision, or sent it for review."""
    if getattr(thing, "author_id", None) == user.pk:
        return True
    newest = thing.latest_revision
    state = getattr(thing, "current_workflow_state", None)
    return bool(
        (newest and newest.user_id == user.pk) or (state and state.requested_by_id == user.pk)
    )
