"""The way into the admin, below /admin/, before Wagtail's own: the same addresses and names."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("login/", views.LoginView.as_view(), name="wagtailadmin_login"),
    path("login/code/", views.CodeView.as_view(), name="staff-code"),
    # The same, as allauth calls them.
    path("login/", views.LoginView.as_view(), name="account_login"),
    path("login/code/", views.CodeView.as_view(), name="mfa_authenticate"),
    path("login/setup/", views.setup, name="staff-setup"),
    path("login/setup/code.svg", views.qr_code, name="staff-setup-picture"),
    path("login/confirm/", views.confirm_page, name="staff-confirm"),
    path("login/again/", views.start_over, name="staff-start-over"),
    path("password_reset/", views.PasswordResetView.as_view(), name="wagtailadmin_password_reset"),
    path(
        "password_reset/done/",
        views.PasswordResetDoneView.as_view(),
        name="wagtailadmin_password_reset_done",
    ),
    path(
        "password_reset/confirm/<uidb64>/<token>/",
        views.PasswordResetConfirmView.as_view(),
        name="wagtailadmin_password_reset_confirm",
    ),
    path(
        "password_reset/complete/",
        views.PasswordResetCompleteView.as_view(),
        name="wagtailadmin_password_reset_complete",
    ),
]
