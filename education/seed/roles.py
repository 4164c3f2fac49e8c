"""The two groups who draft and approve, and the workflow between them."""

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowContentType,
    WorkflowPage,
    WorkflowTask,
)

from education.models import ClinicalReviewTask, Exercise, GlossaryTerm, HomePage, Reference
from education.seed.records import once

EDITOR = "Editor"
REVIEWER = "Clinical reviewer"
LIBRARY = (Exercise, Reference, GlossaryTerm)


def make_roles() -> int:
    """Returns how many of the groups and the workflow were new."""
    home = HomePage.objects.order_by("depth", "path").first()
    if home is None:
        return 0
    made = int(once("role:editor", make_editor, home))
    made += once("role:reviewer", make_reviewer, home)
    made += once("workflow:clinical-review", make_workflow, home)
    return made


def permission(app: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def allow_library(group: Group, *verbs: str) -> None:
    names = [f"{verb}_{model._meta.model_name}" for verb in verbs for model in LIBRARY]
    group.permissions.add(
        permission("wagtailadmin", "access_admin"),
        *(permission("education", name) for name in names),
    )


def allow_pages(group: Group, page: Page, *verbs: str) -> None:
    for verb in verbs:
        GroupPagePermission.objects.get_or_create(
            group=group, page=page, permission=permission("wagtailcore", f"{verb}_page")
        )


def make_editor(home: Page) -> None:
    """Editors draft pages, exercises, sources and words and upload pictures. They publish nothing."""
    group, _ = Group.objects.get_or_create(name=EDITOR)
    allow_library(group, "add", "change", "view")
    allow_pages(group, home, "add", "change")
    for verb in ("add", "change", "choose"):
        GroupCollectionPermission.objects.get_or_create(
            group=group,
            collection=Collection.get_first_root_node(),
            permission=permission("wagtailimages", f"{verb}_image"),
        )


def make_reviewer(home: Page) -> None:
    """Reviewers approve what others wrote, and unpublish."""
    group, _ = Group.objects.get_or_create(name=REVIEWER)
    allow_library(group, "change", "view", "publish")
    allow_pages(group, home, "change", "publish")


def make_workflow(home: Page) -> None:
    """Draft, clinical review, publish: for every page below home and for exercises."""
    task = ClinicalReviewTask.objects.create(name="Clinical review")
    task.groups.add(Group.objects.get_or_create(name=REVIEWER)[0])
    workflow = Workflow.objects.create(name="Clinical review")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.update_or_create(page=home, defaults={"workflow": workflow})
    for model in LIBRARY:
        WorkflowContentType.objects.update_or_create(
            content_type=ContentType.objects.get_for_model(model), defaults={"workflow": workflow}
        )
