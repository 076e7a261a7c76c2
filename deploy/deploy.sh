#!/usr/bin/env bash
# Images, infrastructure and page on AWS: deploy.sh [--dry-run] [--yes] COMMAND. See README.md.
set -Eeuo pipefail

HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
ROOT="$(dirname "$HERE")"
DRY_RUN=false
YES=false

# shellcheck source=commands/common.sh
source "$HERE/commands/common.sh"
# shellcheck source=commands/image.sh
source "$HERE/commands/image.sh"
# shellcheck source=commands/infrastructure.sh
source "$HERE/commands/infrastructure.sh"
# shellcheck source=commands/keys.sh
source "$HERE/commands/keys.sh"
# shellcheck source=commands/page.sh
source "$HERE/commands/page.sh"

usage() {
  cat <<'TEXT'
usage: deploy.sh [--dry-run] [--yes] COMMAND

  deploy          everything: repositories, images, infrastructure, page
  build           build the images and push them
  plan            plan the infrastructure's changes
  apply           apply the plan that 'plan' left
  infrastructure  plan and apply; the images have to be there
  outputs         addresses and names of what was made
  create-key NAME make an API key and show it; the service starts with the first
  destroy         take everything down, after asking for the deployment's name
  build-ui        build the page
  deploy-ui       build the page and put it into its bucket
  serve-ui        serve page and API on this machine
  help            this text

  --dry-run       print the commands that would change or ask something, and run none
  --yes           ask no questions

Configuration: deploy/deploy-config.env (DEPLOY_CONFIG names another file); variables of the
environment go before it. Infrastructure: deploy/terraform/terraform.tfvars.
TEXT
}

deploy() {
  check_image_tools
  check_infrastructure_files
  confirm "Deploy $DEPLOYMENT to $AWS_REGION?" yes
  init
  make_repositories
  push_images
  plan_changes
  confirm "Apply this plan? It makes things that cost money." yes
  apply_plan
  publish_page
  show_outputs
}

main() {
  local command="" name=""
  while (($#)); do
    case "$1" in
      --dry-run) DRY_RUN=true ;;
      --yes) YES=true ;;
      -h | --help) command=help ;;
      -*) usage_error "unknown option $1" ;;
      *)
        if [[ $command == create-key && -z $name ]]; then
          name="$1"
        else
          [[ -z $command ]] || usage_error "one command at a time: $command or $1"
          command="$1"
        fi
        ;;
    esac
    shift
  done
  case "$command" in
    "") usage_error "no command" ;;
    help) usage ;;
    build-ui | serve-ui)
      # Needs no account, and so no configuration, but takes UI_DIR from one.
      [[ ! -f $CONFIG ]] || read_config
      "${command//-/_}"
      ;;
    deploy | build | plan | apply | infrastructure | outputs | destroy | deploy-ui)
      require_config
      "${command//-/_}"
      ;;
    create-key)
      [[ $name =~ ^[A-Za-z0-9._-]{1,100}$ ]] || usage_error "create-key needs a name of A-Z a-z 0-9 . _ -"
      require_config
      create_key "$name"
      ;;
    *) usage_error "unknown command $command" ;;
  esac
}

main "$@"
