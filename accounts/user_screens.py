"""Wagtail's screens of users and groups, with two rules more.

Only a superuser touches a superuser: whoever may change users could otherwise give themselves that flag,
or set a superuser's password. And every change asks for one's own password first (accounts/confirm.py).
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from wagtail.users import forms
from wagtail.users.views import bulk_actions, groups, users

from accounts import confirm

LOOKS = {"index", "index_results", "history", "history_results", "usage"}
"""Screens that only show something. Any other of theirs asks for the password."""


def may_touch(user: Any, other: Any) -> bool:
    return bool(user.is_superuser or not other.is_superuser)


class SuperuserFlag:
    """A user form in which only a superuser sets or clears the flag."""

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        flag = self.fields.get("is_superuser")  # type: ignore[attr-defined]
        if flag and not by.is_superuser:
            # A disabled field takes what is posted from `initial`, whatever the browser sends.
            flag.disabled = True
            self.initial["is_superuser"] = False  # type: ignore[attr-defined]
            flag.help_text = _("Only an administrator can make another one.")


class CreationForm(SuperuserFlag, forms.UserCreationForm):
    pass


class EditForm(SuperuserFlag, forms.UserEditForm):
    pass


class SaysBy:
    """Tells the form who is at the screen."""

    request: HttpRequest

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()  # type: ignore[misc]
        return kwargs | {"by": self.request.user}


class CreateView(SaysBy, users.CreateView):
    pass


class EditView(SaysBy, users.EditView):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not may_touch(request.user, self.object):
            raise PermissionDenied


class IndexView(users.IndexView):
    def get_edit_url(self, instance: Any) -> Any:
        return super().get_edit_url(instance) if may_touch(self.request.user, instance) else None


class AsksAgain:
    """A set of screens that asks for the password before those that change something."""

    def get_urlpatterns(self) -> list[URLPattern]:
        patterns: list[URLPattern] = super().get_urlpatterns()  # type: ignore[misc]
        for pattern in patterns:
            if pattern.name not in LOOKS:
                pattern.callback = confirm.required(pattern.callback)
        return patterns


class UserViewSet(AsksAgain, users.UserViewSet):
    index_view_class = IndexView
    add_view_class = CreateView
    edit_view_class = EditView
    copy_view_enabled = False  # it would copy the flag and the roles

    def get_form_class(self, for_update: bool = False) -> Any:
        return EditForm if for_update else CreationForm


class GroupViewSet(AsksAgain, groups.GroupViewSet):
    pass


class ManyUsers:
    """An action on many users: asks again, and leaves superusers out unless a superuser acts."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = confirm.required(super().dispatch)(request, *args, **kwargs)  # type: ignore[misc]
        return response

    def check_perm(self, obj: Any) -> bool:
        allowed = super().check_perm(obj)  # type: ignore[misc]
        return bool(allowed and may_touch(self.request.user, obj))


class AssignRole(ManyUsers, bulk_actions.AssignRoleBulkAction):
    pass


class SetActiveState(ManyUsers, bulk_actions.SetActiveStateBulkAction):
    pass


class Delete(ManyUsers, bulk_actions.DeleteBulkAction):
    pass
