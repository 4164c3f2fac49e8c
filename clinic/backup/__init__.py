"""One file that brings everything back: the database, the uploads, the attachments of mails.

`making` writes and verifies it, `restoring` puts it back; `archive` is the file itself, `sqlite` and
`postgres` know how a database is copied. Nothing here knows what the tables mean.
"""
