# The password changes on the first of each month, between 3 and 4 o'clock UTC. Tasks got it when they
# started: their connections stay, new ones fail until they are started anew an hour later.
resource "aws_secretsmanager_secret_rotation" "this" {
  secret_id          = aws_db_instance.this.master_user_secret[0].secret_arn
  rotate_immediately = false

  rotation_rules {
    schedule_expression = "cron(0 3 1 * ? *)"
    duration            = "1h"
  }
}

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  service_arn = "arn:${data.aws_partition.current.partition}:ecs:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:service/${var.cluster}/${var.service}"
}

resource "aws_scheduler_schedule" "restart" {
  name                = "${var.name}-after-rotation"
  description         = "Starts the tasks anew, with the changed password"
  schedule_expression = "cron(5 4 1 * ? *)"
  kms_key_arn         = var.key_arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = "arn:${data.aws_partition.current.partition}:scheduler:::aws-sdk:ecs:updateService"
    role_arn = aws_iam_role.restart.arn
    input    = jsonencode({ Cluster = var.cluster, Service = var.service, ForceNewDeployment = true })
  }
}

data "aws_iam_policy_document" "assume_restart" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "restart" {
  statement {
    actions   = ["ecs:UpdateService"]
    resources = [local.service_arn]
  }

  statement {
    actions   = ["kms:Decrypt"]
    resources = [var.key_arn]
  }
}

resource "aws_iam_role" "restart" {
  name               = "${var.name}-restart"
  assume_role_policy = data.aws_iam_policy_document.assume_restart.json
}

resource "aws_iam_role_policy" "restart" {
  name   = "restart"
  role   = aws_iam_role.restart.id
  policy = data.aws_iam_policy_document.restart.json
}
