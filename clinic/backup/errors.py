class BackupError(Exception):
    """Something that whoever runs the command can put right; the text says what."""
