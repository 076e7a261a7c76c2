# Who asked what and when. Addresses are personal data, so the logs end by themselves.
module "access_logs" {
  source = "./modules/bucket"

  name                   = local.log_bucket
  policies               = [data.aws_iam_policy_document.access_logs.json]
  expire_days            = var.log_retention_days
  old_versions_kept_days = 1
  deletion_protection    = var.deletion_protection
}

locals {
  log_bucket     = "${var.name}-logs-${local.account}"
  log_bucket_arn = "arn:${data.aws_partition.current.partition}:s3:::${local.log_bucket}"
}

data "aws_partition" "current" {}

data "aws_iam_policy_document" "access_logs" {
  statement {
    sid       = "Balancer"
    actions   = ["s3:PutObject"]
    resources = ["${local.log_bucket_arn}/balancer/AWSLogs/${local.account}/*"]

    principals {
      type        = "Service"
      identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
    }
  }

  statement {
    sid       = "Buckets"
    actions   = ["s3:PutObject"]
    resources = ["${local.log_bucket_arn}/s3/*"]

    principals {
      type        = "Service"
      identifiers = ["logging.s3.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}
