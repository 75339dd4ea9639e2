#!/bin/sh
# What try-on-debian.sh runs as root inside the machine. Each step is one line: ok, or FAILED and where to look.
set -eu
bin=/opt/clearcount/bin/clearcount
trap 'echo "FAILED  after the line above; see /root/said and journalctl"; journalctl --no-pager -n 300 > /root/journal' EXIT
said() { printf 'ok      %s\n' "$1"; }
as() {  # as DOOR COMMAND…: with the user and the settings of a door, as its unit has them
    door=$1; shift
    systemd-run --quiet --wait --pipe --collect -p User="clearcount-$door" -p EnvironmentFile="/etc/clearcount/$door.env" \
        -p SupplementaryGroups=clearcount-anchor -p UMask=0077 -p WorkingDirectory="/var/lib/clearcount-$door" -- "$@"
}
set_in() { sed -i "s|^$2=.*|$2=$3|" "/etc/clearcount/$1.env"; }
secret() { openssl rand -base64 60 | tr -d '\n=+/' | cut -c1-64; }

python3 -m venv /opt/clearcount
/opt/clearcount/bin/pip install --quiet --no-index --find-links /root/wheels 'clearcount[web,postgres]'
said "installed: $($bin --version)"
sh /root/deploy/install.sh > /dev/null
said "install.sh: users $(getent passwd | grep -o '^clearcount-[a-z]*' | sort | tr '\n' ' ')"

audit=$(secret)
for door in staff public; do
    set_in $door CLEARCOUNT_PUBLIC_AUDIT_KEY "$audit"
    set_in $door CLEARCOUNT_REPORT_WATCHED '"We read reports day and night."'
done
set_in staff CLEARCOUNT_STAFF_SECRET_KEY "$(secret)"
set_in staff CLEARCOUNT_AUDIT_KEY "$(secret)"
set_in staff CLEARCOUNT_REPORT_ALERT_EMAIL duty@force.example
set_in staff CLEARCOUNT_OPERATIONS_EMAIL it@force.example
set_in public CLEARCOUNT_PUBLIC_SECRET_KEY "$(secret)"
owner=$(secret)
echo "CLEARCOUNT_REHEARSAL_DB_URL=postgresql://clearcount-owner:$owner@127.0.0.1/postgres" >> /etc/clearcount/staff.env
! grep -q CHANGE /etc/clearcount/*.env
said "settings: no line of either file is left to fill in"

printf '[force]\nname = "Northmoor Police (fictional)"\ndepartment = "Information rights"\n[force.contact]\ntelephone = "101"\n' \
    > /etc/clearcount-public/force.toml
printf '[disclosure]\nrule = "suppress"\nreason = "small counts"\napproved_by = "Head of information rights"\n' \
    > /etc/clearcount-public/policy.toml
chmod 0644 /etc/clearcount-public/*.toml
keys=/var/lib/clearcount-staff/keys
make() {  # both passphrases are asked for where a person does this
    as staff env CLEARCOUNT_DUTY_PASSPHRASE='five plain words for duty' CLEARCOUNT_RECOVERY_PASSPHRASE='five other words kept apart' \
        $bin manage "$@" > /dev/null
}
make keys make $keys
make seal make $keys
install -m 0644 $keys/public.json $keys/seal.pub /etc/clearcount-public/
rm $keys/recovery.key  # to two safes
said "keys: $(ls $keys | tr '\n' ' ')"

sql() { runuser -u postgres -- psql --quiet -v ON_ERROR_STOP=1 "$@"; }
sql -c "CREATE ROLE \"clearcount-owner\" LOGIN CREATEDB PASSWORD '$owner'" -c 'CREATE ROLE "clearcount-staff" LOGIN' -c 'CREATE ROLE "clearcount-public" LOGIN'
for name in staff public; do sql -c "CREATE DATABASE clearcount_$name OWNER \"clearcount-owner\""; done
owned() {
    as staff env CLEARCOUNT_STAFF_DB_URL="postgresql://clearcount-owner:$owner@127.0.0.1/clearcount_staff" \
        CLEARCOUNT_PUBLIC_DB_URL="postgresql://clearcount-owner:$owner@127.0.0.1/clearcount_public" "$@"
}
owned $bin manage migrate --verbosity 0
for name in staff public; do owned $bin manage audit grants clearcount-staff | sql -d clearcount_$name > /dev/null; done
owned $bin manage audit grants clearcount-public --door public | sql -d clearcount_public > /dev/null
said "databases: owned by a role of its own, rights of both doors given"

printf 'occurrence_no,crime_no,home_office_code,recorded_on,status\nO1,C1,086/02,2024-01-05,recorded\n' > /var/lib/clearcount-staff/offences.csv
chown clearcount-staff /var/lib/clearcount-staff/offences.csv
as staff $bin import offences.csv --store store > /dev/null
as staff $bin manage copy-advice /var/lib/clearcount-staff/content > /dev/null
cp -r /var/lib/clearcount-staff/content /etc/clearcount-public/
find /etc/clearcount-public/content -name '*.md' -exec sed -i 's/^checked_on:.*/&\nchecked_by: [Ann Example, Ben Example]/' {} +  # two people do this by hand
chmod -R a+rX /etc/clearcount-public/content
printf '[web]\ncontent = "/etc/clearcount-public/content"\n' >> /etc/clearcount-public/force.toml
for door in staff public; do as $door $bin manage --door $door collectstatic --noinput > /dev/null; done
systemctl start clearcount-anchor
for door in staff public; do as $door $bin manage --door $door check --deploy --fail-level WARNING > /dev/null; done
said "check --deploy: clean with the settings of each door"

mkdir -p /etc/ssl/clearcount
for name in www staff; do
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$name.force.example" -addext "subjectAltName=DNS:$name.force.example" \
        -keyout /etc/ssl/clearcount/$name.key -out /etc/ssl/clearcount/$name.pem 2> /dev/null
done
rm -f /etc/nginx/sites-enabled/default
cp /root/deploy/nginx/clearcount.conf /etc/nginx/sites-enabled/
nginx -t 2> /dev/null
systemctl restart nginx
systemctl enable --quiet clearcount-anchor clearcount-public clearcount-staff clearcount-worker clearcount.target
systemctl start clearcount.target clearcount-public clearcount-staff clearcount-worker
status() {  # status HOST PATH
    curl --silent --output /root/page --write-out '%{http_code}' --max-time 30 --cacert "/etc/ssl/clearcount/$1.pem" \
        --resolve "$1.force.example:443:127.0.0.1" "https://$1.force.example$2" || true
}
wanted() {  # wanted STATUS HOST PATH: until it is so, for two minutes at most
    for _ in $(seq 60); do
        [ "$(status "$2" "$3")" = "$1" ] && return 0
        sleep 2
    done
    echo "FAILED  https://$2.force.example$3 is not $1 but $(status "$2" "$3")"; return 1
}
wanted 200 www /
grep -q Northmoor /root/page
wanted 200 www /r/
wanted 200 staff /accounts/sign-in/
wanted 404 www /accounts/sign-in/
wanted 200 www /health/
wanted 200 staff /health/
said "TLS: both doors answer by their own names, and both say that they are well"
for unit in anchor public staff worker; do
    [ "$(systemctl is-active clearcount-$unit)" = active ]
    pid=$(systemctl show -p MainPID --value clearcount-$unit)
    said "unit clearcount-$unit: active, user $(ps -o user:32= -p "$pid" | tr -d ' '), exposure $(systemd-analyze security clearcount-$unit --no-pager | grep -o 'clearcount.*: [0-9.]*' | grep -o '[0-9.]*$')"
done
for file in /var/lib/clearcount-staff/keys/duty.key /var/lib/clearcount-staff/store/clearcount-store.json /etc/clearcount/staff.env /var/lib/clearcount-anchor/heads; do
    [ -e "$file" ]
    ! runuser -u clearcount-public -- cat "$file" > /dev/null 2>&1
done
! runuser -u clearcount-public -- psql --quiet -d clearcount_staff -c 'SELECT 1 FROM triage_report' > /dev/null 2>&1
! runuser -u clearcount-public -- psql --quiet -d clearcount_public -c 'DELETE FROM audit_event' > /dev/null 2>&1
said "the public door's user reads no key, store, settings, heads or table of the staff side, and deletes no event"
python3 - <<'PY'
import socket
held = []
for _ in range(110):
    for port in (443, 8000, 8001):
        held.append(socket.create_connection(("127.0.0.1", port), timeout=30))
        held[-1].sendall(b"GET / HTTP/1.1\r\nX: ")
import subprocess
for name in ("www", "staff"):
    path = "/" if name == "www" else "/accounts/sign-in/"
    done = subprocess.run(["curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time", "30",
                           "--cacert", f"/etc/ssl/clearcount/{name}.pem", "--resolve", f"{name}.force.example:443:127.0.0.1",
                           f"https://{name}.force.example{path}"], capture_output=True, text=True)
    assert done.stdout == "200", (name, done.stdout)
PY
said "110 slow connections each to the proxy and to both doors: both answer"
as staff $bin manage backup /var/lib/clearcount-staff/backup > /dev/null
as staff $bin manage rehearse /var/lib/clearcount-staff/backup > /root/rehearsed
! grep -q FAILED /root/rehearsed
said "backup and rehearsal: $(grep -c '^ok' /root/rehearsed) steps went well"
as staff $bin manage audit verify > /root/verified
said "audit: $(tr '\n' ' ' < /root/verified | grep -o '[0-9]* heads noted outside agree' | tr '\n' ' ')"
systemctl restart clearcount-public clearcount-staff clearcount-worker
wanted 200 www /health/
wanted 200 staff /health/
said "after a restart of the units: both are well"
trap - EXIT
said "all of it"
