#!/usr/bin/env bash
# The stack of compose.yaml on images of Debian packages, with TLS before it, up and down: as root,
# with mmdebstrap and Docker.
#   deploy/images/stack.sh up [NAME]   bases, images, passwords, everything started; prints a first key
#   deploy/images/stack.sh down        containers, networks, volumes with all data, passwords: gone
# Images stay, for the next time; 'docker image prune --all' takes what no container uses.
set -Eeuo pipefail

HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
DEPLOY="$(dirname "$HERE")"
# COMPOSE_FILE may name further files that are laid over these.
export COMPOSE_FILE="${COMPOSE_FILE:-$DEPLOY/compose.yaml:$HERE/compose.debian.yaml}"
export COMPOSE_PROFILES="${COMPOSE_PROFILES:-tls}"

up() {
  local key
  "$HERE/bases.sh" >&2
  key="$("$DEPLOY/compose-setup.sh" "${1:-first}")"
  # Returns once the service is healthy: Prometheus and the proxy wait for that.
  docker compose up --detach >&2
  echo "$key"
}

down() {
  # Compose wants the passwords even to take down; without them there may be a rest of a stack.
  POSTGRES_PASSWORD=none OBJECTS_SECRET_KEY=none \
    docker compose --profile '*' down --volumes --remove-orphans --timeout 30 >&2
  rm -f "$DEPLOY/.env" "$DEPLOY/prometheus.key"
}

case "${1:-}" in
up) up "${2:-}" ;;
down) down ;;
*)
  echo "stack.sh: say up or down" >&2
  exit 2
  ;;
esac
