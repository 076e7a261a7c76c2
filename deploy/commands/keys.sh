# shellcheck shell=bash
# API keys of the deployed service: made by a task of its own, beside the database.

# create-key NAME: shows the key once, then starts the service anew, which waits for its first key.
# The key is made here, and only its hash goes to AWS: neither a log nor the record of calls sees it.
create_key() {
  local name="$1" id key hash cluster service network task
  require aws openssl
  check_infrastructure_files
  init
  cluster="$(output cluster)"
  service="$(output service)"
  id="$(openssl rand -hex 6)"
  key="gl_${id}_$(openssl rand -hex 32)"
  hash="$(printf '%s' "$key" | openssl dgst -sha256 -r)"
  network="$(ask NETWORK aws ecs describe-services --cluster "$cluster" --services "$service" \
    --query 'services[0].networkConfiguration' --output json)"
  if $DRY_RUN; then
    run aws ecs run-task --cluster "$cluster" --task-definition "$DEPLOYMENT" --overrides "$(key_command "$name" ID SHA256)"
    run aws ecs update-service --cluster "$cluster" --service "$service" --force-new-deployment
    return
  fi
  task="$(aws ecs run-task --cluster "$cluster" --task-definition "$DEPLOYMENT" --launch-type FARGATE \
    --network-configuration "$network" --overrides "$(key_command "$name" "$id" "${hash%% *}")" \
    --query 'tasks[0].taskArn' --output text)"
  say "storing the key's hash in a task; this takes a minute"
  aws ecs wait tasks-stopped --cluster "$cluster" --tasks "$task"
  require_success "$cluster" "$task"
  echo "$key"
  aws ecs update-service --cluster "$cluster" --service "$service" --force-new-deployment >/dev/null
}

# A key that the database does not know is not shown.
require_success() {
  local status
  status="$(aws ecs describe-tasks --cluster "$1" --tasks "$2" \
    --query "tasks[0].containers[?name=='genderlens'].exitCode | [0]" --output text)"
  [[ $status == 0 ]] ||
    fail "the task ended with $status and there is no key; its log: $(output log_group) serve/genderlens/${2##*/}"
}

key_command() {
  printf '{"containerOverrides":[{"name":"genderlens","command":["keys","create","%s","--id","%s","--sha256","%s"]}]}' "$@"
}
