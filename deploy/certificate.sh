#!/bin/sh
# /etc/nginx/clinic-certificate.sh: the certificate that nginx serves, in /etc/nginx/clinic-tls.
#
#   certificate.sh HOST    one that nobody trusts, so that nginx can start before there is a real one
#   certificate.sh         certbot calls it after each new one: nginx takes that from then on
set -eu
folder=${CLINIC_TLS:-/etc/nginx/clinic-tls}
mkdir -p "$folder"
if [ -n "${RENEWED_LINEAGE:-}" ]; then
    for name in fullchain privkey; do
        ln -sfn "$RENEWED_LINEAGE/$name.pem" "$folder/$name.pem"
    done
    nginx -t -q && ${CLINIC_RELOAD:-systemctl reload nginx}
elif [ ! -e "$folder/fullchain.pem" ]; then
    umask 077
    openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj "/CN=${1:?the host}" \
        -addext "subjectAltName=DNS:$1" -keyout "$folder/privkey.pem" -out "$folder/fullchain.pem" 2>/dev/null
fi
