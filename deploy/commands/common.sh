# shellcheck shell=bash
# Messages, checks, configuration, and the one place that runs commands.

KNOWN_KEYS=(
  DEPLOYMENT AWS_REGION AWS_PROFILE TF_STATE_BUCKET TF_STATE_KEY
  IMAGE_TAG PYTHON_IMAGE NODE_IMAGE TRAINING_IMAGE
  UI_DIR S3_BUCKET_UI S3_UI_PREFIX CLOUDFRONT_ID
)

trap 'echo "deploy.sh: stopped, because this failed: $BASH_COMMAND" >&2' ERR

say() { echo "==> $*" >&2; }

fail() {
  echo "deploy.sh: $*" >&2
  exit 1
}

usage_error() {
  echo "deploy.sh: $*; 'deploy.sh help' lists the commands" >&2
  exit 2
}

# Runs a command, or prints it, quoted so that it could be pasted.
run() {
  if $DRY_RUN; then
    printf 'would run:'
    printf ' %q' "$@"
    printf '\n'
  else
    "$@"
  fi
}

# Prints what a command answers; on a dry run, a placeholder instead.
ask() {
  local placeholder="$1"
  shift
  if $DRY_RUN; then
    { printf 'would ask:' && printf ' %q' "$@" && printf '\n'; } >&2
    echo "$placeholder"
  else
    "$@"
  fi
}

require() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || fail "$tool is not installed or not on the path; install it first"
  done
}

# confirm QUESTION WORD: goes on only when WORD is typed.
confirm() {
  local answer=""
  if $YES || $DRY_RUN; then return; fi
  printf '%s Type %q to go on: ' "$1" "$2" >&2
  read -r answer || true
  [[ $answer == "$2" ]] || fail "not confirmed; nothing was changed by this step"
}

CONFIG="${DEPLOY_CONFIG:-$HERE/deploy-config.env}"

# KEY=VALUE lines, read and never run; a variable of the environment wins.
read_config() {
  local line number=0
  while IFS= read -r line || [[ -n $line ]]; do
    number=$((number + 1))
    read_setting "$line" "$CONFIG:$number"
  done <"$CONFIG"
}

require_config() {
  [[ -f $CONFIG ]] || fail "no $CONFIG; copy deploy-config.env.example and fill it in"
  read_config
  DEPLOYMENT="${DEPLOYMENT:-genderlens}"
  [[ -n ${AWS_REGION:-} ]] || fail "AWS_REGION is not set in $CONFIG"
  export AWS_REGION
  [[ -z ${AWS_PROFILE:-} ]] || export AWS_PROFILE
}

read_setting() {
  local line="${1%%[[:space:]]#*}" place="$2" key value
  [[ $line =~ ^[[:space:]]*(#.*)?$ ]] && return
  [[ $line =~ ^([A-Z0-9_]+)=(.*)$ ]] || fail "$place: not KEY=VALUE: $line"
  key="${BASH_REMATCH[1]}"
  value="${BASH_REMATCH[2]}"
  value="${value%"${value##*[![:space:]]}"}"
  [[ " ${KNOWN_KEYS[*]} " == *" $key "* ]] || fail "$place: unknown key $key; known: ${KNOWN_KEYS[*]}"
  [[ -n ${!key+set} ]] || printf -v "$key" '%s' "$value"
}
