# shellcheck shell=bash
# The page: plain files, or a folder with a package.json that npm builds into dist/.

page_source() { echo "${UI_DIR:-$ROOT/web}"; }

build_ui() {
  local source
  source="$(page_source)"
  if [[ -f $source/package.json ]]; then
    require npm
    run npm --prefix "$source" ci
    run npm --prefix "$source" run build
  else
    [[ -f $source/index.html ]] || fail "no index.html and no package.json in $source; set UI_DIR"
    say "$source is plain files; there is nothing to build"
  fi
}

page_files() {
  local source
  source="$(page_source)"
  if [[ -f $source/package.json ]]; then echo "$source/dist"; else echo "$source"; fi
}

deploy_ui() {
  require aws
  if [[ -z ${S3_BUCKET_UI:-} ]]; then
    check_infrastructure_files
    init
  fi
  publish_page
}

publish_page() {
  local files bucket prefix distribution
  build_ui
  files="$(page_files)"
  if [[ -n ${S3_BUCKET_UI:-} ]]; then
    bucket="$S3_BUCKET_UI"
    distribution="${CLOUDFRONT_ID:-}"
  else
    bucket="$(output page_bucket)"
    distribution="$(output distribution_id)"
  fi
  prefix="${S3_UI_PREFIX:-app/}"
  prefix="${prefix#/}"
  prefix="${prefix%/}"
  # The models of private mode come from the service. Old files are deleted below the prefix; without one that would be the whole bucket.
  [[ -n $prefix ]] || fail "S3_UI_PREFIX names no folder; give one, like app/"
  run aws s3 sync "$files" "s3://$bucket/$prefix/" --delete --exclude index.html --exclude "private/*" \
    --cache-control "public, max-age=300"
  # The page itself last, when everything that it asks for is there.
  run aws s3 cp "$files/index.html" "s3://$bucket/$prefix/index.html" --cache-control no-cache
  if [[ -n $distribution ]]; then
    run aws cloudfront create-invalidation --distribution-id "$distribution" --paths "/$prefix/*"
  fi
}

output() { ask "$1" terraform "-chdir=$TERRAFORM_DIR" output -raw "$1"; }

serve_ui() {
  local source
  source="$(page_source)"
  if [[ -n ${UI_DIR:-} && -f $source/package.json ]]; then
    build_ui
    run npm --prefix "$source" run preview
  else
    # The service brings the page: they belong together on one address.
    require make
    run make -C "$ROOT" serve
  fi
}
