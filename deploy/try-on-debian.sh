#!/bin/sh
# Shows that what this folder ships works: an empty Debian machine, the installation as the how-to says, both doors over TLS.
# Run as root on Debian with debootstrap, systemd-container and pip:
#     deploy/try-on-debian.sh FOLDER > outcome
# FOLDER gets the machine and the packages and may be deleted afterwards. Nothing of it is reachable from outside: the
# machine has a loopback interface and no other. Exit 0 when every line says ok.
set -eu
here=$(dirname "$(readlink -f "$0")")
folder=$(mkdir -p "$1" && readlink -f "$1")
machine=$folder/machine
packages=systemd-sysv,dbus,python3-venv,nginx-light,postgresql,openssl,curl,procps

[ -e "$folder/empty/etc/debian_version" ] || debootstrap --variant=minbase --include=ca-certificates,$packages bookworm "$folder/empty" >&2
rm -rf "$machine"
cp -a --reflink=auto "$folder/empty" "$machine"
[ -d "$folder/wheels" ] || {
    pip wheel --quiet --no-deps --wheel-dir "$folder/wheels" "$here/.." >&2
    pip download --quiet --only-binary :all: --dest "$folder/wheels" --find-links "$folder/wheels" 'clearcount[web,postgres]' >&2
}
cp -r "$here" "$machine/root/deploy"
cp -r "$folder/wheels" "$machine/root/wheels"
cat > "$machine/etc/systemd/system/try.service" <<'UNIT'
[Unit]
After=multi-user.target postgresql.service
[Service]
Type=oneshot
ExecStart=/bin/sh /root/deploy/inside-debian.sh
ExecStopPost=/bin/systemctl poweroff
StandardOutput=file:/root/outcome
StandardError=file:/root/said
TimeoutStartSec=900
[Install]
WantedBy=default.target
UNIT
mkdir -p "$machine/etc/systemd/system/multi-user.target.wants"
ln -sf ../try.service "$machine/etc/systemd/system/multi-user.target.wants/try.service"
# Without --register and with --keep-unit it also starts where systemd does not run outside the machine.
systemd-nspawn --register=no --keep-unit --private-network --boot --directory "$machine" --machine clearcount-try \
    > "$folder/console" 2>&1 || true
cat "$machine/root/outcome"
grep -q '^ok      all of it' "$machine/root/outcome"
