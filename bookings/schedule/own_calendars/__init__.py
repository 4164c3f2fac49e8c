"""A person's own calendar: when its file says that they are busy. Asks no server and no database."""
