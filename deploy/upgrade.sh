#!/bin/sh
# As root: another version without a moment's absence, and the way back.
#
#   deploy/upgrade.sh            the newest version
#   deploy/upgrade.sh v1.2.0     this one (a tag, a branch or a commit)
#   deploy/upgrade.sh --back     the release that ran before this one
#   deploy/upgrade.sh --first    only makes the first release (deploy/README.md)
#
# Each release is a folder with its own code and its own packages; the link `current` names one of them.
# Nothing changes below a process that runs: it ends in the folder that it began in. The database is brought
# up to date first (its changes are such that the version before can go on working), then one web server
# after the other is restarted, then the worker.
set -eu
umask 022
home=${CLINIC_HOME:-/opt/clinic}
etc=${CLINIC_ETC:-/etc}
environment=$etc/clinic/environment
current=$home/current
KEPT=3 # releases

say() { echo "==> $*"; }
end() { echo "$*" >&2; exit 1; }
as_clinic() { runuser -u clinic -- env HOME="$home" ENV_FILE="$environment" "$@"; }
manage() { (umask 027 && as_clinic "$@"); }
fetched() { as_clinic git -C "$home/source" "$@"; }
link() { ln -sfn "$2" "$1.new" && mv -fT "$1.new" "$1"; } # at once, and never without one

build() { # VERSION: leaves the folder of the release in $after
    commit=$(fetched rev-parse --quiet --verify "$1^{commit}" ||
        fetched rev-parse --quiet --verify "origin/$1^{commit}") || end "There is no version $1."
    after=$home/releases/$(fetched log -1 --format=%cd-%h --date=format:%Y%m%d "$commit")
    if [ -e "$after/.complete" ]; then return; fi
    say "Making $after"
    as_clinic rm -rf "$after"
    as_clinic mkdir -p "$after"
    fetched archive "$commit" | as_clinic tar -x -C "$after"
    (cd "$after" && as_clinic bin/python bin/install.py) || end "Nothing was changed."
    if [ -e "$current/.venv/installed-requirements-shared.txt" ]; then # several computers: docs/scale.md
        (cd "$after" && as_clinic bin/python bin/install.py requirements-shared.txt)
    fi
    as_clinic touch "$after/.complete"
}

# A file of deploy/ that is new in this version takes the place that the README gave it; unless somebody
# changed it there: then it stays, and is named.
filled() { # RELEASE FILE: as it stands on this computer
    if [ "$2" = nginx.conf ] && [ -x "$1/deploy/nginx.sh" ]; then
        "$1/deploy/nginx.sh" "$host"
    else
        cat "$1/deploy/$2"
    fi
}
place() { # FILE WHERE
    if [ ! -e "$after/deploy/$1" ] || cmp -s "$before/deploy/$1" "$after/deploy/$1"; then return; fi
    filled "$after" "$1" >"$home/.placing"
    if [ ! -e "$2" ]; then # left out on purpose, unless no version had it before
        [ -e "$before/deploy/$1" ] || echo "New, please put it there if you want it: $2 from $after/deploy/$1"
    elif [ -e "$before/deploy/$1" ] && filled "$before" "$1" | cmp -s - "$2"; then
        cat "$home/.placing" >"$2"
        placed=$2
        echo "New: $2"
    elif ! cmp -s "$home/.placing" "$2"; then
        echo "Changed here, please compare: $2 with $after/deploy/$1"
    fi
    rm -f "$home/.placing"
}
place_files() {
    for unit in $(cd "$after/deploy" && ls clinic-*); do place "$unit" "$etc/systemd/system/$unit"; done
    place nginx.conf "$etc/nginx/sites-available/clinic"
    place nginx-proxy.conf "$etc/nginx/clinic-proxy.conf"
    for page in $(cd "$after/deploy" && ls errors/*); do place "$page" "$etc/nginx/clinic-$page"; done
    place certificate.sh "$etc/nginx/clinic-certificate.sh"
    place logrotate "$etc/logrotate.d/clinic"
    placed=
    place journald.conf "$etc/systemd/journald@clinic.conf"
    # It reads its files when it starts. Nothing is lost: what is written meanwhile waits in its sockets.
    [ -z "$placed" ] || systemctl try-restart systemd-journald@clinic
    systemctl daemon-reload
}

is_ready() { # PORT; by one of the site's names: asked by its number, it would refuse
    curl --silent --fail --output /dev/null --header "Host: $host" \
        --header 'X-Forwarded-Proto: https' "http://127.0.0.1:$1/readyz"
}
restart_web() { # PORT
    systemctl restart "clinic-web@$1" || return 1
    tries=0
    until is_ready "$1"; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || return 1
        sleep 1
    done
    sleep 3 # nginx trusts it again two seconds after it was missed
}
give_up() { # PORT: those that are restarted already go back as well
    say "The web server on port $1 does not get ready: back to $before"
    link "$current" "$before"
    if [ -e "$older/.complete" ]; then link "$home/previous" "$older"; else rm -f "$home/previous"; fi
    for port in $restarted; do systemctl restart "clinic-web@$port" || true; done
    end "The log:  journalctl --namespace=clinic -u clinic-web@$1"
}
restart_all() {
    ports=$(systemctl list-units --plain --no-legend 'clinic-web@*' |
        sed -n 's/^clinic-web@\([0-9]*\)\.service.*/\1/p')
    restarted=
    for port in ${ports:-8000 8001}; do
        restarted="$restarted $port"
        restart_web "$port" || give_up "$port"
    done
    systemctl restart clinic-worker
    nginx -t && systemctl reload nginx
}

names() { # RELEASE: of every setting that it knows
    sed -n 's/^#\{0,1\}\([A-Z][A-Z0-9_]*\)=.*/\1/p' "$1/.env.example" 2>/dev/null | LC_ALL=C sort -u
}
tell_settings() {
    names "$before" >"$home/.settings-before"
    names "$after" >"$home/.settings-after"
    new=$(LC_ALL=C comm -13 "$home/.settings-before" "$home/.settings-after" | tr '\n' ' ')
    gone=$(LC_ALL=C comm -23 "$home/.settings-before" "$home/.settings-after" | tr '\n' ' ')
    rm -f "$home/.settings-before" "$home/.settings-after"
    [ -z "$new" ] || echo "New settings, described in $after/.env.example: $new"
    [ -z "$gone" ] || echo "Settings that are no longer read: $gone"
    for name in $gone; do
        ! grep -q "^$name=" "$environment" || echo "$name stands in $environment: please take it out."
    done
}

forget_oldest() {
    count=0
    for folder in $(ls -dt "$home"/releases/*/); do
        folder=${folder%/}
        count=$((count + 1))
        [ "$count" -gt "$KEPT" ] || continue
        [ "$folder" = "$before" ] || [ "$folder" = "$after" ] || as_clinic rm -rf "$folder"
    done
}

main() {
    version=${1:-}
    exec 9>"$home/.upgrading"
    flock -n 9 || end "Another upgrade is running."
    host=$(sed -n 's/^ALLOWED_HOSTS="\{0,1\}\.\{0,1\}\([^,"]*\).*/\1/p' "$environment" 2>/dev/null || true)
    before=$(readlink -f "$current" || true)
    if [ "$version" = --first ]; then
        build HEAD
        link "$current" "$after"
        say "$current is $after"
        return
    fi
    [ -d "$before" ] || end "There is no release yet: deploy/README.md, “Install”."
    [ -n "$host" ] || end "ALLOWED_HOSTS in $environment names no host. Nothing was changed."
    if [ "$version" = --back ]; then
        after=$(readlink -f "$home/previous" || true)
        [ -e "$after/.complete" ] && [ "$after" != "$before" ] || end "There is no release to go back to."
    else
        say "Looking for a newer version"
        fetched fetch --quiet --tags --force
        build "${version:-$(fetched rev-parse --abbrev-ref --symbolic-full-name '@{upstream}')}"
        [ "$after" != "$before" ] || { say "Nothing new: $before is what runs."; return; }
        manage "$after/deploy/clinic" check --deploy || end "Nothing was changed."
        if [ "${BACKUP:-yes}" = yes ]; then
            say "A backup first (BACKUP=no $0 goes without)"
            manage "$before/deploy/clinic" backup || end "No backup, no upgrade. Nothing was changed."
        fi
    fi
    say "From $before to $after"
    place_files
    manage "$after/deploy/clinic" prepare || end "The site goes on with $before."
    as_clinic touch "$after"
    older=$(readlink -f "$home/previous" || true) # where --back led until now
    link "$home/previous" "$before"
    link "$current" "$after"
    restart_all
    forget_oldest
    tell_settings
    way="The way back"
    [ "$version" != --back ] || way="To the newer one again"
    say "Done. $way:  $current/deploy/upgrade.sh --back"
}

main "$@" # the last line: the whole file is read before anything runs
