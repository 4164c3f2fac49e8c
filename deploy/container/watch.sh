#!/bin/sh
# What systemd's timers do on a machine: every five minutes, is everything well? Every night a backup. Whoever
# is named in ALERT_EMAIL is told what failed.
set -u
EVERY=${WATCH_SECONDS:-300}
AT=${BACKUP_AT:-03:10} # UTC, or the zone in TZ
tried=$VAR_DIR/backup-tried-on

manage() { python /opt/clinic/manage.py "$@"; }
or_tell() { # WHAT COMMAND…
    what=$1
    shift
    manage "$@" || [ -z "${ALERT_EMAIL:-}" ] || manage alert "$what"
}

trap 'exit 0' TERM INT
while :; do
    sleep "$EVERY" &
    wait $!
    today=$(date +%F)
    if [ "$(date +%H:%M)" \> "$AT" ] && [ "$today" != "$(cat "$tried" 2>/dev/null)" ]; then
        echo "$today" >"$tried"
        or_tell backup backup
    fi
    or_tell watch health --site
done
