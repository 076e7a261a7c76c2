#!/usr/bin/env bash
# Base images made from Debian packages, for machines that reach no registry of images: what
# PYTHON_IMAGE and NODE_IMAGE of the Dockerfiles may name there. As root, with mmdebstrap and Docker:
#   deploy/images/bases.sh [--again] [python|node|debian]…
# A base that is there already is kept, unless --again is said. The names stand in --list.
set -Eeuo pipefail

PYTHON=genderlens-base-python:3.11-bookworm
NODE=genderlens-base-node:20-trixie
DEBIAN=genderlens-base-debian:trixie
CA=/usr/local/share/ca-certificates
# mmdebstrap runs its hooks with the folder of the new system as $1.
# shellcheck disable=SC2016
UPDATE_CA='chroot "$1" update-ca-certificates >/dev/null 2>&1'
# shellcheck disable=SC2016
ALLOW_PIP='rm "$1"/usr/lib/python3*/EXTERNALLY-MANAGED'
# Certificates of the machine's own, such as those of a proxy that looks into TLS, come along.
HOOKS=()
[[ -d $CA ]] && HOOKS=(--customize-hook="copy-in $CA ${CA%/*}" --customize-hook="$UPDATE_CA")

fail() {
  echo "bases.sh: $1" >&2
  exit 1
}

# make TAG SUITE PACKAGES [HOOK…]
make_base() {
  local tag="$1" suite="$2" packages="$3"
  shift 3
  [[ $again == no ]] && docker image inspect "$tag" >/dev/null 2>&1 && return
  mmdebstrap --quiet --variant=minbase --include="$packages" "${HOOKS[@]}" "$@" "$suite" - |
    docker import - "$tag" >/dev/null
  echo "made $tag"
}

# Stands for the official image, whose Python is there to be installed into, and is called python.
make_python() {
  make_base "$PYTHON" bookworm python3,python-is-python3,python3-venv,python3-pip,ca-certificates \
    --customize-hook="$ALLOW_PIP"
}

# Debian 12 has a Node too old for the page.
make_node() {
  make_base "$NODE" trixie nodejs,npm,ca-certificates
}

# What the stores of compose.debian.yaml are made on.
make_debian() {
  make_base "$DEBIAN" trixie ca-certificates
}

again=no
bases=()
for word in "$@"; do
  case "$word" in
  --again) again=yes ;;
  --list)
    printf 'PYTHON_IMAGE=%s\nNODE_IMAGE=%s\nDEBIAN_IMAGE=%s\n' "$PYTHON" "$NODE" "$DEBIAN"
    exit
    ;;
  python | node | debian) bases+=("$word") ;;
  *) fail "'$word' is not known; say --again, --list, python, node or debian" ;;
  esac
done
for tool in mmdebstrap docker; do
  command -v "$tool" >/dev/null || fail "no $tool on the path: apt-get install mmdebstrap docker.io"
done
for base in "${bases[@]:-python node debian}"; do
  for one in $base; do "make_$one"; done
done
