# shellcheck shell=bash
# Container images: built for x86-64, tagged with the commit, pushed once.

check_image_tools() { require aws docker git; }

build() {
  check_image_tools
  push_images
}

push_images() {
  local tag registry
  tag="$(image_tag)"
  registry="$(registry_address)"
  log_in "$registry"
  push_image service Dockerfile "$registry" "$tag"
  if [[ ${TRAINING_IMAGE:-false} == true ]]; then
    push_image training Dockerfile.training "$registry" "$tag"
  fi
}

# The commit names the image, so a tree with uncommitted changes has no name.
image_tag() {
  if [[ -n ${IMAGE_TAG:-} ]]; then
    echo "$IMAGE_TAG"
    return
  fi
  if [[ -n $(git -C "$ROOT" status --porcelain) ]] && ! $DRY_RUN; then
    fail "there are uncommitted changes; commit them, or set IMAGE_TAG"
  fi
  git -C "$ROOT" rev-parse --short=12 HEAD
}

registry_address() {
  local account
  account="$(ask ACCOUNT aws sts get-caller-identity --query Account --output text)"
  echo "$account.dkr.ecr.$AWS_REGION.amazonaws.com"
}

log_in() {
  if $DRY_RUN; then
    echo "would run: aws ecr get-login-password | docker login --username AWS --password-stdin $1"
    return
  fi
  local password
  password="$(aws ecr get-login-password)"
  docker login --username AWS --password-stdin "$1" <<<"$password" >/dev/null
}

push_image() {
  local name="$DEPLOYMENT/$1" file="$2" tag="$4" image="$3/$DEPLOYMENT/$1:$4"
  local arguments=(--platform linux/amd64 --file "$HERE/docker/$file" --tag "$image")
  add_base_image PYTHON_IMAGE
  [[ $1 == training ]] || add_base_image NODE_IMAGE
  if ! $DRY_RUN && is_pushed "$name" "$tag"; then
    say "$image is there already"
    return
  fi
  say "building $image"
  run env DOCKER_BUILDKIT=1 docker build "${arguments[@]}" "$ROOT"
  run docker push "$image"
}

# To the arguments of push_image. A tag is another image some day; a digest never is.
add_base_image() {
  local given="${!1:-}"
  if [[ -z $given ]]; then
    say "$1 is a tag: another day may build another image; give one by digest to repeat this build"
  elif [[ $given != *@sha256:* ]]; then
    fail "$1=$given names no digest; write NAME:TAG@sha256:…, as 'docker buildx imagetools inspect' tells"
  else
    arguments+=(--build-arg "$1=$given")
  fi
}

is_pushed() {
  aws ecr describe-repositories --repository-names "$1" >/dev/null 2>&1 ||
    fail "no repository $1 in $AWS_REGION; 'deploy.sh deploy' makes it"
  aws ecr describe-images --repository-name "$1" --image-ids "imageTag=$2" >/dev/null 2>&1
}
