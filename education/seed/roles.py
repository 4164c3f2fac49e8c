"""The two groups who draft and approve, and the workflow between them."""

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from django.db.models import Model
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

from clinic.review.reviewed import reviewed_snippets
from education.models import ClinicalReviewTask, HomePage, SeedRecord
from education.seed.records import once

EDITOR = "Editor"
REVIEWER = "Clinical reviewer"


def make_roles() -> int:
    """Returns how many of the groups and the workflow were new."""
    home = HomePage.objects.order_by("depth", "path").first()
    if home is None:
        return 0
    made = int(once("role:editor", make_editor, home))
    made += once("role:reviewer", make_reviewer, home)
    made += once("workflow:clinical-review", make_workflow, home)
    for model in reviewed_snippets():
        made += once(f"review:{model._meta.label_lower}", join_review, model)
    return made


def join_new_texts(sender: AppConfig, using: str, **_rest: object) -> None:
    """After an upgrade: what has become reviewed content joins the review of a site that has one."""
    models = [model for model in reviewed_snippets() if model._meta.app_label == sender.label]
    tables = connections[using].introspection.table_names() if models else []
    if SeedRecord._meta.db_table not in tables:
        return
    if SeedRecord.objects.filter(key="workflow:clinical-review").exists():
        create_permissions(sender, verbosity=0, using=using)
        for model in models:
            once(f"review:{model._meta.label_lower}", join_review, model)


def permission(app: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def allow(group: Group, model: type[Model], *verbs: str) -> None:
    meta = model._meta
    group.permissions.add(
        *(permission(meta.app_label, f"{verb}_{meta.model_name}") for verb in verbs)
    )


def allow_pages(group: Group, page: Page, *verbs: str) -> None:
    for verb in verbs:
        GroupPagePermission.objects.get_or_create(
            group=group, page=page, permission=permission("wagtailcore", f"{verb}_page")
        )


def make_editor(home: Page) -> None:
    """Editors draft pages, exercises, sources and words and upload pictures. They publish nothing."""
    group, _ = Group.objects.get_or_create(name=EDITOR)
    group.permissions.add(permission("wagtailadmin", "access_admin"))
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
    group.permissions.add(permission("wagtailadmin", "access_admin"))
    allow_pages(group, home, "change", "publish")


def make_workflow(home: Page) -> None:
    """Draft, clinical review, publish: for every page below home."""
    task = ClinicalReviewTask.objects.create(name="Clinical review")
    task.groups.add(Group.objects.get_or_create(name=REVIEWER)[0])
    workflow = Workflow.objects.create(name="Clinical review")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.update_or_create(page=home, defaults={"workflow": workflow})


def join_review(model: type[Model]) -> None:
    """The same for a kind of snippet, with what editors and reviewers may do with it.

    Left alone where the clinic deleted its workflow or groups.
    """
    task = ClinicalReviewTask.objects.filter(active=True).order_by("pk").first()
    workflow = Workflow.objects.filter(active=True, workflow_tasks__task=task).first()
    if workflow:
        WorkflowContentType.objects.get_or_create(
            content_type=ContentType.objects.get_for_model(model), defaults={"workflow": workflow}
        )
    for group in Group.objects.filter(name=EDITOR):
        allow(group, model, "add", "change", "view")
    for group in Group.objects.filter(name=REVIEWER):
        allow(group, model, "change", "view", "publish")
