"""Clinical review: a guide goes live when someone who did not write it has approved it."""

from typing import Any

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState

from education.authorship import wrote
from education.dates import months_after

REVIEW_EVERY_MONTHS = 12


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
        return [a for a in actions if a[0] != "approve"] if wrote(user, obj) else actions

    @transaction.atomic
    def on_action(self, task_state: Any, user: Any, action_name: str, **kwargs: Any) -> None:
        obj = task_state.workflow_state.content_object
        if action_name == "approve":
            if wrote(user, obj):
                raise PermissionDenied
            sign_off(task_state, user)
        super().on_action(task_state, user, action_name, **kwargs)


def sign_off(task_state: TaskState, user: AbstractBaseUser) -> None:
    """Put reviewer and dates into a revision of the reviewer's own, and approve that one."""
    page = task_state.revision.as_object()
    if not isinstance(page, apps.get_model("education", "GuidePage")):
        return
    today = timezone.localdate()
    page.clinical_reviewer = user
    page.last_reviewed = today
    page.next_review = months_after(today, REVIEW_EVERY_MONTHS)
    task_state.revision = page.save_revision(user=user, changed=False)
    task_state.save(update_fields=["revision"])
    # The workflow looks at both to see that the newest revision is the approved one.
    task_state.workflow_state.current_task_state = task_state
    task_state.workflow_state.content_object.latest_revision = task_state.revision
