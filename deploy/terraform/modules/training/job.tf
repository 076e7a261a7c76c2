resource "aws_batch_job_definition" "this" {
  name                  = "${var.name}-training"
  type                  = "container"
  platform_capabilities = ["EC2"]
  propagate_tags        = true

  # Given with --parameters when a job is submitted.
  parameters = {
    recipe = "default"
    data   = "s3://${var.bucket}/data/photos"
    run    = "s3://${var.bucket}/runs/manual"
  }

  container_properties = jsonencode({
    image = var.image
    command = [
      "train", "Ref::recipe", "--data", "Ref::data", "--out", "/scratch/run", "--upload", "Ref::run"
    ]
    jobRoleArn             = aws_iam_role.job.arn
    executionRoleArn       = aws_iam_role.execution.arn
    user                   = "10001:10001"
    readonlyRootFilesystem = true
    environment            = [{ name = "GENDERLENS_CACHE_DIR", value = "/scratch/cache" }]
    resourceRequirements = [
      { type = "GPU", value = "1" },
      { type = "VCPU", value = tostring(var.job_vcpus) },
      { type = "MEMORY", value = tostring(var.job_memory) },
    ]
    # Data loaders share pictures through /dev/shm.
    linuxParameters = { initProcessEnabled = true, sharedMemorySize = 4096 }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = data.aws_region.current.region
        awslogs-stream-prefix = "train"
      }
    }
  })

  # A machine that was taken away: begin again. A failure of the training itself: stop.
  retry_strategy {
    attempts = 3

    evaluate_on_exit {
      on_status_reason = "Host EC2*"
      action           = "RETRY"
    }

    evaluate_on_exit {
      on_reason = "*"
      action    = "EXIT"
    }
  }

  timeout {
    attempt_duration_seconds = var.max_hours * 3600
  }
}

data "aws_region" "current" {}
