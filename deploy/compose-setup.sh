#!/usr/bin/env bash
# Once before compose.yaml is started: passwords of the stores into deploy/.env, a key for Prometheus
# into deploy/prometheus.key, and a first key for you, which is shown and kept nowhere.
#   deploy/compose-setup.sh [NAME]
# Run again, it keeps what is there and makes one more key.
set -Eeuo pipefail

HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
NAME="${1:-first}"

# COMPOSE_FILE may name further files that are laid over it, the first of them lying here.
export COMPOSE_FILE="${COMPOSE_FILE:-$HERE/compose.yaml}"

compose() { docker compose "$@"; }

# Letters and digits only: the password stands in a URL.
password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

make_passwords() {
  [[ -e $HERE/.env ]] && return
  (umask 077 && printf 'POSTGRES_PASSWORD=%s\nOBJECTS_SECRET_KEY=%s\n' "$(password)" "$(password)" >"$HERE/.env")
  echo "made $HERE/.env: the passwords, readable by you alone; volumes made with them need them" >&2
}

# Prometheus reads it as another user; it lets whoever has it see the metrics, no more.
make_prometheus_key() {
  local key
  [[ -s $HERE/prometheus.key ]] && return
  key="$(compose run --rm -T genderlens keys create --scope metrics prometheus)"
  printf '%s' "$key" >"$HERE/prometheus.key"
  chmod 644 "$HERE/prometheus.key"
  echo "made $HERE/prometheus.key" >&2
}

command -v docker >/dev/null || {
  echo "compose-setup.sh: docker is not installed or not on the path; install it first" >&2
  exit 1
}
make_passwords
# Before the first key is asked for: what a build says must not end up in a key.
compose build >&2
make_prometheus_key
compose run --rm -T genderlens keys create "$NAME"
