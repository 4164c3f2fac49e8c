"""Columns of the admin's lists that stay readable where a row becomes a card."""

from typing import Any

from wagtail.admin.ui.tables import BooleanColumn, Column


class LabelledColumn(Column):
    """On a phone, where no heading stands above it, the label stands in the cell."""

    cell_template_name = "clinic/admin/labelled_cell.html"

    def get_value(self, instance: Any) -> Any:
        value = super().get_value(instance)
        return "–" if value in (None, "") else value


class SeldomColumn(LabelledColumn):
    """Mostly empty: then a phone shows neither label nor dash."""

    cell_template_name = "clinic/admin/seldom_cell.html"


class YesNoColumn(BooleanColumn):
    """A tick or a cross, with its label where no heading stands above it."""

    cell_template_name = "clinic/admin/yes_no_cell.html"
