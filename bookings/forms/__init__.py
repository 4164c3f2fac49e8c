"""Form fields that the public pages and the desk share."""
