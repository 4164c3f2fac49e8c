from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Staff logins"
    default = True


class StaffUsersConfig(WagtailUsersAppConfig):
    """Wagtail's screens of users and groups, with our rules (accounts/user_screens.py)."""

    user_viewset = "accounts.user_screens.UserViewSet"
