#!/bin/sh
# In deploy/container, after `git pull`: the new version without a moment's absence, and the way back.
#
#   ./upgrade.sh           a backup, new images, the database up to date, then one web server after the other
#   ./upgrade.sh --back    the images that ran before; the database stays as it is
#
# ENGINE=podman COMPOSE=podman-compose ./upgrade.sh  with Podman.
set -eu
cd "$(dirname "$0")"
ENGINE=${ENGINE:-docker}
COMPOSE=${COMPOSE:-docker compose}
IMAGES="clinic clinic-proxy"

say() { echo "==> $*"; }
end() { echo "$*" >&2; exit 1; }
called() { # SERVICE COMMAND…: as a container of its own, with the newest image
    service=$1
    shift
    $COMPOSE run --rm --no-deps -T "$service" "$@"
}
put_anew() { # SERVICE
    $COMPOSE up --detach --no-deps --no-build --force-recreate "$1"
}
is_ready() { $COMPOSE exec -T "$1" python deploy/container/healthy.py >/dev/null 2>&1; }
put_anew_and_wait() { # SERVICE
    put_anew "$1"
    tries=0
    until is_ready "$1"; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || end "$1 does not get ready. The way back: ./upgrade.sh --back"
        sleep 1
    done
    # The new container has another address.
    $COMPOSE exec -T proxy nginx -s reload
    sleep 3
}

if [ "${1:-}" = --back ]; then
    for image in $IMAGES; do
        $ENGINE image inspect "$image:previous" >/dev/null 2>&1 || end "There is nothing to go back to."
        $ENGINE tag "$image:previous" "$image:latest"
    done
else
    say "A backup first"
    called prepare backup || end "No backup, no upgrade. Nothing was changed."
    for image in $IMAGES; do $ENGINE tag "$image:latest" "$image:previous"; done
    say "New images"
    ${BUILD:-$COMPOSE build}
    called prepare check --deploy || end "Nothing that runs was changed."
fi
say "The database"
called prepare prepare || end "The site goes on with the version before."
say "One web server after the other"
for service in web1 web2; do put_anew_and_wait "$service"; done
for service in worker watch; do put_anew "$service"; done
[ "$($ENGINE image inspect --format '{{.Id}}' clinic-proxy:latest)" = \
    "$($ENGINE image inspect --format '{{.Id}}' clinic-proxy:previous)" ] || put_anew proxy
say "Done. The way back: ./upgrade.sh --back"
