from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Staff logins"
    default = True

    def ready(self) -> None:
        from accounts import notices  # noqa: F401  (registers its receivers)


class StaffUsersConfig(WagtailUsersAppConfig):
    """Wagtail's screens of users and groups, with our rules (accounts/user_screens.py)."""

    user_viewset = "accounts.user_screens.UserViewSet"
    group_viewset = "accounts.user_screens.GroupViewSet"
