# models/ holds bundles, data/ labelled photos, runs/ what training pushed.
module "bucket" {
  source = "../bucket"

  name                   = var.bucket_name
  key_arn                = var.key_arn
  log_bucket             = { id = var.log_bucket }
  old_versions_kept_days = 90
  deletion_protection    = var.deletion_protection
}
