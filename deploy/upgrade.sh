#!/bin/sh
# As root: a new version without a moment's absence. The database first (its changes are such that
# the version before can go on working), then one web server after the other, then the worker.
set -eu
cd /opt/clinic
before=$(runuser -u clinic -- git rev-parse HEAD)
runuser -u clinic -- git pull --ff-only

# A file of deploy/ that is new in this version takes the place that the README gave it; unless somebody
# changed it there: then it stays, and is named.
place() { # FILE WHERE
    if runuser -u clinic -- git diff --quiet "$before" -- "deploy/$1"; then return; fi
    if [ ! -e "$2" ]; then # left out on purpose, unless no version had it before
        runuser -u clinic -- git cat-file -e "$before:deploy/$1" 2>/dev/null ||
            echo "New, please put it there if you want it: /opt/clinic/deploy/$1 at $2"
    elif runuser -u clinic -- git show "$before:deploy/$1" | cmp -s - "$2"; then
        cp "deploy/$1" "$2"
        placed=$2
        echo "New: $2"
    elif ! cmp -s "deploy/$1" "$2"; then
        echo "Changed here, please compare: $2 with /opt/clinic/deploy/$1"
    fi
}
for unit in $(cd deploy && ls clinic-*); do place "$unit" "/etc/systemd/system/$unit"; done
place nginx.conf /etc/nginx/sites-available/clinic
place nginx-proxy.conf /etc/nginx/clinic-proxy.conf
for page in $(cd deploy && ls errors/*); do place "$page" "/etc/nginx/clinic-$page"; done
place logrotate /etc/logrotate.d/clinic
placed=
place journald.conf /etc/systemd/journald.conf.d/clinic.conf
# It reads its files when it starts. Nothing is lost: what is written meanwhile waits in its sockets.
[ -z "$placed" ] || systemctl try-restart systemd-journald

runuser -u clinic -- bin/python bin/install.py
if [ -e .venv/installed-requirements-shared.txt ]; then # more than one computer: docs/scale.md
    runuser -u clinic -- bin/python bin/install.py requirements-shared.txt
fi
systemctl daemon-reload
systemctl restart clinic-prepare
# By one of its names: asked by its number, it would refuse.
host=$(sed -n 's/^ALLOWED_HOSTS="\{0,1\}\.\{0,1\}\([^,"]*\).*/\1/p' /etc/clinic/environment)
for port in 8000 8001; do
    systemctl restart "clinic-web@$port"
    tries=0
    until curl --silent --fail --output /dev/null --header "Host: $host" \
        --header 'X-Forwarded-Proto: https' "http://127.0.0.1:$port/readyz"; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || { echo "The web server on port $port does not get ready." >&2; exit 1; }
        sleep 1
    done
    sleep 3 # nginx trusts it again two seconds after it was missed
done
systemctl restart clinic-worker
nginx -t && systemctl reload nginx
