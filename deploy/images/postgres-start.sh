#!/bin/sh
# PostgreSQL of the Debian package, started as the official image starts: on an empty folder it makes
# a cluster with POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB and POSTGRES_INITDB_ARGS.
set -eu
bin="$(echo /usr/lib/postgresql/*/bin)"
data=/var/lib/postgresql/data

make_cluster() {
  (umask 077 && printf '%s\n' "$POSTGRES_PASSWORD" >/tmp/password)
  # shellcheck disable=SC2086 # several options
  "$bin/initdb" -D "$data" -U "$POSTGRES_USER" --pwfile=/tmp/password ${POSTGRES_INITDB_ARGS:-}
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
  # Nobody else gets in before the database is there: no address, a socket of its own.
  "$bin/pg_ctl" -D "$data" -w -o '-h "" -k /tmp' start
  [ "$POSTGRES_DB" = postgres ] || "$bin/createdb" -h /tmp -U "$POSTGRES_USER" "$POSTGRES_DB"
  "$bin/pg_ctl" -D "$data" -w -m fast stop
}

[ -s "$data/PG_VERSION" ] || make_cluster
exec "$bin/postgres" -D "$data" -h '*' -k /var/run/postgresql
