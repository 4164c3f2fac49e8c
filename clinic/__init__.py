"""The project: settings, addresses, the clinic's name and look, caches, backup."""

__version__ = "1.0.0"
"""The version of the whole site, as CHANGELOG.md has it: shown to the owner, and in every log line."""
