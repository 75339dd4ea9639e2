#!/bin/sh
# Makes users, folders and units on an empty Debian machine; run as root from the folder that holds this file.
# It starts nothing: fill in /etc/clearcount/*.env, make databases and keys, then `systemctl enable --now clearcount.target`.
set -eu
here=$(dirname "$(readlink -f "$0")")
root=${ROOT:-}

for name in clearcount-anchor clearcount-public clearcount-staff; do
    [ -n "$root" ] || getent passwd "$name" >/dev/null || useradd --system --user-group --no-create-home --shell /usr/sbin/nologin "$name"
done
install -d -m 0711 "$root/etc/clearcount-public"
install -d -m 0700 "$root/etc/clearcount" "$root/var/lib/clearcount-public" "$root/var/lib/clearcount-staff" "$root/var/lib/clearcount-anchor"
if [ -z "$root" ]; then
    for name in public staff anchor; do chown "clearcount-$name:clearcount-$name" "/var/lib/clearcount-$name"; done
fi
for file in "$here"/env/*.env; do
    [ -e "$root/etc/clearcount/$(basename "$file")" ] || install -m 0600 "$file" "$root/etc/clearcount/"
done
install -d "$root/etc/systemd/system" "$root/etc/systemd/journald.conf.d"
install -m 0644 "$here"/systemd/* "$root/etc/systemd/system/"
install -m 0644 "$here/journald.conf" "$root/etc/systemd/journald.conf.d/clearcount.conf"
[ -n "$root" ] || systemctl daemon-reload || true
echo "installed; next: the settings in $root/etc/clearcount, then docs/how-to/run-the-web-service.md"
