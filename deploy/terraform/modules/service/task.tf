locals {
  port      = 8000
  own_model = var.model_prefix != ""
  log_options = {
    awslogs-group  = aws_cloudwatch_log_group.this.name
    awslogs-region = data.aws_region.current.region
  }

  # Copies a bundle from the model store before the service starts. The service checks its
  # checksums and does not start with a damaged one.
  fetch = {
    name                   = "fetch-model"
    image                  = var.aws_cli_image
    essential              = false
    command                = ["s3", "sync", "--no-progress", "s3://${var.model_bucket}/${var.model_prefix}", "/models"]
    readonlyRootFilesystem = true
    mountPoints            = [{ sourceVolume = "models", containerPath = "/models", readOnly = false }]
    linuxParameters        = { capabilities = { drop = ["ALL"] } }
    logConfiguration       = { logDriver = "awslogs", options = merge(local.log_options, { awslogs-stream-prefix = "fetch" }) }
  }

  serve = {
    name                   = "genderlens"
    image                  = var.image
    essential              = true
    user                   = "10001:10001"
    readonlyRootFilesystem = true
    portMappings           = [{ containerPort = local.port, protocol = "tcp" }]
    # A task's disk dies with it, so it keeps no history unless there is a database.
    environment = [for key, value in merge({ GENDERLENS_HISTORY = "off" }, var.environment, {
      GENDERLENS_HOST  = "0.0.0.0"
      GENDERLENS_PORT  = tostring(local.port)
      GENDERLENS_MODEL = local.own_model ? "/models" : "default"
    }) : { name = key, value = value }]
    secrets = [for key, arn in var.secrets : { name = key, valueFrom = arn }]
    mountPoints = concat(
      [{ sourceVolume = "state", containerPath = "/state", readOnly = false }],
      [for volume in ["models"] : { sourceVolume = volume, containerPath = "/models", readOnly = true } if local.own_model],
    )
    dependsOn       = local.own_model ? [{ containerName = "fetch-model", condition = "SUCCESS" }] : []
    linuxParameters = { initProcessEnabled = true, capabilities = { drop = ["ALL"] } }
    # The service has ended 24 s after SIGTERM, whatever is stuck.
    stopTimeout      = 30
    logConfiguration = { logDriver = "awslogs", options = merge(local.log_options, { awslogs-stream-prefix = "serve" }) }

    healthCheck = {
      command     = ["CMD", "python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['GENDERLENS_PORT'] + '/health', timeout=4)"]
      interval    = 15
      timeout     = 5
      startPeriod = 30
      retries     = 3
    }
  }
}

data "aws_region" "current" {}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/${var.name}/service"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.key_arn
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  container_definitions    = jsonencode(concat([for container in [local.fetch] : container if local.own_model], [local.serve]))

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }

  dynamic "volume" {
    for_each = local.own_model ? ["state", "models"] : ["state"]

    content {
      name = volume.value
    }
  }
}
