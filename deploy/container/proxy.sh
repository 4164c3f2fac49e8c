#!/bin/sh
# nginx with deploy/nginx.conf for HOST. It starts with a certificate that nobody trusts; with ACME_EMAIL it asks
# for a real one at once, and twice a day whether that has to be renewed.
set -eu
host=${HOST:?the name of the site}
mkdir -p "$CLINIC_TLS" /var/www/clinic-acme /var/cache/nginx
/etc/nginx/clinic-certificate.sh "$host"
# The same file as on a machine, with the names of the two web servers in compose.yaml.
/opt/clinic/nginx.sh "$host" |
    sed -e 's/127\.0\.0\.1:8000/web1:8000/' -e 's/127\.0\.0\.1:8001/web2:8000/' \
        -e 's|/var/log/nginx/clinic-error.log|/dev/stderr|' >/run/clinic.conf
until getent hosts web1 >/dev/null && getent hosts web2 >/dev/null; do sleep 1; done
nginx -q -t

certificates() {
    sleep 5
    while :; do
        certbot certonly --quiet --non-interactive --agree-tos --email "$ACME_EMAIL" \
            ${ACME_SERVER:+--server "$ACME_SERVER"} \
            --keep-until-expiring --webroot -w /var/www/clinic-acme -d "$host" \
            --deploy-hook /etc/nginx/clinic-certificate.sh || echo "certbot failed; the next try is in 12 hours."
        sleep 12h
    done
}
# A web server that was started anew may have another address, and nginx looks them up only when it starts.
addresses() { getent hosts web1 web2 | sort; }
follow() {
    known=$(addresses)
    while sleep 2; do
        found=$(addresses)
        # While one of them is away this fails, and is tried again.
        if [ "$found" != "$known" ] && nginx -s reload; then known=$found; fi
    done
}
follow &
if [ -n "${ACME_EMAIL:-}" ]; then certificates & fi
exec nginx -g 'daemon off;'
