"""Who may do what by default: the groups that the seed makes, and their permissions."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from wagtail.models import GroupPagePermission, Page

ADMIN = {"wagtailadmin": ["access_admin"]}
DIRECTORY = ["location", "resource", "practitioner", "service", "weeklyhours", "dateexception"]

FRONT_DESK = [
    "triage_request",
    "book_anyway",
    "view_consultationrequest",
    "change_consultationrequest",
    "view_message",
    *(f"{verb}_dateexception" for verb in ("add", "change", "delete", "view")),
    *(f"view_{model}" for model in DIRECTORY),
]

ROLES: dict[str, dict[str, list[str]]] = {
    "Front desk": ADMIN | {"bookings": FRONT_DESK},
    "Front desk lead": ADMIN
    | {"bookings": [*FRONT_DESK, "change_messagetemplate", "view_reports"]},
    "Practitioner": ADMIN | {"bookings": ["view_consultationrequest"]},
    "Owner": ADMIN
    | {
        "bookings": [
            "triage_request",
            "book_anyway",
            "export_request",
            "view_reports",
            "erase_request",
            "disclose_request",
            "view_event",
            "view_heartbeat",
            "view_consultationrequest",
            "change_consultationrequest",
            "view_message",
            "change_messagetemplate",
            "change_messagesettings",
            *(f"{verb}_{m}" for verb in ("add", "change", "delete", "view") for m in DIRECTORY),
        ],
        "clinic": ["change_clinicsettings"],
        "auth": ["add_user", "change_user", "delete_user", "view_user"],
    },
}


def permissions_of(role: str) -> list[Permission]:
    return [row for row in permissions_of_roles() if wants(role, row)]


def permissions_of_roles() -> list[Permission]:
    """Every permission of the apps that a role has something of, with its content type."""
    apps = {app for wanted in ROLES.values() for app in wanted}
    rows = Permission.objects.filter(content_type__app_label__in=apps)
    return list(rows.select_related("content_type"))


def wants(role: str, permission: Permission) -> bool:
    return permission.codename in ROLES[role].get(permission.content_type.app_label, ())


OWN_PAGES = ["about", "contact"]
"""The slugs of the pages that the owner edits and publishes: no guide, so no clinical review."""


def may_edit_own_pages(group: Group) -> None:
    """The pages of every language; one that a clinic has called otherwise is left to its administrator."""
    permissions = Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=["change_page", "publish_page"]
    )
    for page in Page.objects.filter(slug__in=OWN_PAGES, depth=3):
        for permission in permissions:
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)


def make_roles() -> list[str]:
    """Make the groups that are missing; one that exists is left as the clinic has set it."""
    there = set(Group.objects.filter(name__in=ROLES).values_list("name", flat=True))
    missing = [role for role in ROLES if role not in there]
    if not missing:
        return []
    # Somebody else may make them at this moment: then both give them the same permissions.
    Group.objects.bulk_create([Group(name=role) for role in missing], ignore_conflicts=True)
    groups = Group.objects.in_bulk(missing, field_name="name")
    permissions, through = permissions_of_roles(), Group.permissions.through
    granted = [
        through(group_id=groups[role].pk, permission_id=permission.pk)
        for role in missing
        for permission in permissions
        if wants(role, permission)
    ]
    through._default_manager.bulk_create(granted, ignore_conflicts=True)
    if "Owner" in missing:
        may_edit_own_pages(groups["Owner"])
    return missing
