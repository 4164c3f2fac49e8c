#!/bin/sh
# As root: a new version without a moment's absence. The database first (its changes are such that
# the version before can go on working), then one web server after the other, then the worker.
set -eu
cd /opt/clinic
runuser -u clinic -- git pull --ff-only
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
