"""The workflow's task: somebody who did not write it approves a page or a snippet."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState

from clinic.review import sign_offs
from clinic.review.authorship import wrote
from education.guide import media


class ClinicalReviewTask(AbstractGroupApprovalTask):
    """Approval by a clinical reviewer, never by the author, the last editor or who sent it in."""

    class Meta:
        verbose_name = _("clinical review")
        verbose_name_plural = _("clinical reviews")

    @classmethod
    def get_description(cls) -> Any:
        return _("A member of the chosen groups, who did not write it, approves it")

    def get_actions(self, obj: Any, user: Any) -> list[Any]:
        actions: list[Any] = super().get_actions(obj, user)
        draft = obj.get_latest_revision_as_object()
        refused = wrote(user, obj) or media.without_words(draft)
        return [a for a in actions if a[0] != "approve"] if refused else actions

    @transaction.atomic
    def on_action(self, task_state: Any, user: Any, action_name: str, **kwargs: Any) -> None:
        if action_name == "approve":
            sign_off(task_state, user, comment=kwargs.get("comment", ""))
        super().on_action(task_state, user, action_name, **kwargs)


def sign_off(task_state: TaskState, user: Any, *, comment: str = "") -> None:
    """Sign the newest revision and make it the one that the task approves.

    The editor saves a revision with each action, so the newest is not always the one that was sent in,
    and the workflow ends only once the newest is approved. Raises `PermissionDenied` for whoever wrote
    that text, be it just now, and where a picture or film in it lacks its words.
    """
    revision = task_state.workflow_state.content_object.get_latest_revision()
    thing = revision.as_object()
    if wrote(user, thing):
        raise PermissionDenied
    media.refuse_without_words(thing)
    if task_state.revision_id != revision.pk:
        task_state.revision = revision  # saved with the approval
        task_state.workflow_state.current_task_state = task_state
    sign_offs.sign(thing, user, comment=comment)
