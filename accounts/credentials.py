"""Profession and registration, on one's own page of settings in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import BaseSettingsPanel

from accounts.models import Credentials


class CredentialsForm(forms.ModelForm):
    class Meta:
        model = Credentials
        fields = ("profession", "registration")


class CredentialsPanel(BaseSettingsPanel):
    name = "credentials"
    title = _("Shown beside guides that you write or check")
    order = 250
    form_class = CredentialsForm

    def get_form(self) -> Any:
        own = Credentials.objects.filter(user=self.user).first() or Credentials(user=self.user)
        posted = self.request.POST if self.request.method == "POST" else None
        return self.form_class(posted, instance=own, prefix=self.name)
