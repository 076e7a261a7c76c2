# shellcheck shell=bash
# Terraform: state in S3, a plan before every change.

TERRAFORM_DIR="$HERE/terraform"
PLAN="genderlens.tfplan"

check_infrastructure_files() {
  require terraform
  [[ -n ${TF_STATE_BUCKET:-} ]] || fail "TF_STATE_BUCKET is not set; name a versioned S3 bucket of yours"
  [[ -f $TERRAFORM_DIR/terraform.tfvars ]] ||
    fail "no $TERRAFORM_DIR/terraform.tfvars; copy terraform.tfvars.example and fill it in"
}

tf() { run terraform "-chdir=$TERRAFORM_DIR" "$@"; }

plan() {
  require git
  check_infrastructure_files
  init
  plan_changes
}

apply() {
  check_infrastructure_files
  apply_plan
}

infrastructure() {
  plan
  confirm "Apply this plan? It makes things that cost money." yes
  apply_plan
  show_outputs
}

outputs() {
  check_infrastructure_files
  init
  show_outputs
}

destroy() {
  check_infrastructure_files
  say "this deletes the deployment $DEPLOYMENT in $AWS_REGION: service, network, page, images, models"
  confirm "What deletion_protection holds stays." "$DEPLOYMENT"
  init
  tf destroy -input=false -auto-approve \
    "-var=region=$AWS_REGION" "-var=name=$DEPLOYMENT" -var=image_tag=none
}

init() {
  tf init -input=false -reconfigure "-backend-config=bucket=$TF_STATE_BUCKET" \
    "-backend-config=key=${TF_STATE_KEY:-$DEPLOYMENT/terraform.tfstate}" \
    "-backend-config=region=$AWS_REGION"
}

# Images can only be pushed into repositories that exist: these come before the rest.
make_repositories() {
  local tag
  tag="$(image_tag)"
  tf apply -input=false -auto-approve -target=module.registry \
    "-var=region=$AWS_REGION" "-var=name=$DEPLOYMENT" "-var=image_tag=$tag"
}

plan_changes() {
  local tag
  tag="$(image_tag)"
  tf plan -input=false "-out=$PLAN" \
    "-var=region=$AWS_REGION" "-var=name=$DEPLOYMENT" "-var=image_tag=$tag"
}

apply_plan() {
  if ! $DRY_RUN && [[ ! -f $TERRAFORM_DIR/$PLAN ]]; then
    fail "there is no plan; run 'deploy.sh plan' first"
  fi
  tf apply -input=false "$PLAN"
  # A plan is good for once, and it holds values that nobody else should read.
  run rm -f "$TERRAFORM_DIR/$PLAN"
}

show_outputs() { tf output; }
