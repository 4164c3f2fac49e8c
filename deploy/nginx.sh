#!/bin/sh
# deploy/nginx.sh HOST: deploy/nginx.conf for this host and for the nginx of this computer.
# nginx before 1.25.1 (Debian 12 has 1.22) knows `http2` only as a word of `listen`; newer ones warn of that.
set -eu
host=${1:-}
[ -n "$host" ] || { echo "Call it with the host: $0 clinic.example.org" >&2; exit 1; }
version=$(nginx -v 2>&1 | sed 's/[^0-9]*\([0-9.]*\).*/\1/')
newer=$(printf '%s\n1.25.1\n' "$version" | sort -V | tail -n 1)
old=
if [ "$newer" = 1.25.1 ] && [ "$version" != 1.25.1 ]; then
    old='s/^\( *listen .*443 ssl\)/\1 http2/; /^ *http2 on;/d'
fi
sed -e "s/clinic\.example\.org/$host/g" -e "$old" "$(dirname "$0")/nginx.conf"
