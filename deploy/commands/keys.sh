# shellcheck shell=bash
# API keys of the deployed service: made by a task of its own, beside the database.

# create-key NAME: shows the key once, then starts the service anew, which waits for its first key.
create_key() {
  local name="$1" cluster service network task stream group
  require aws
  check_infrastructure_files
  init
  cluster="$(output cluster)"
  service="$(output service)"
  group="$(output log_group)"
  network="$(ask NETWORK aws ecs describe-services --cluster "$cluster" --services "$service" \
    --query 'services[0].networkConfiguration' --output json)"
  if $DRY_RUN; then
    run aws ecs run-task --cluster "$cluster" --task-definition "$DEPLOYMENT" --overrides "$(key_command "$name")"
    run aws ecs update-service --cluster "$cluster" --service "$service" --force-new-deployment
    return
  fi
  task="$(aws ecs run-task --cluster "$cluster" --task-definition "$DEPLOYMENT" --launch-type FARGATE \
    --network-configuration "$network" --overrides "$(key_command "$name")" \
    --query 'tasks[0].taskArn' --output text)"
  say "making the key in a task; this takes a minute"
  aws ecs wait tasks-stopped --cluster "$cluster" --tasks "$task"
  stream="serve/genderlens/${task##*/}"
  aws logs get-log-events --log-group-name "$group" --log-stream-name "$stream" \
    --query 'events[].message' --output text
  # The log saw the key; nobody else should.
  aws logs delete-log-stream --log-group-name "$group" --log-stream-name "$stream"
  aws ecs update-service --cluster "$cluster" --service "$service" --force-new-deployment >/dev/null
}

key_command() {
  printf '{"containerOverrides":[{"name":"genderlens","command":["keys","create","%s"]}]}' "$1"
}
