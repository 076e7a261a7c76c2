variable "task_cpu" {
  description = "CPU units of a task; 1024 are one vCPU."
  type        = number
  default     = 1024

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.task_cpu)
    error_message = "Fargate takes 256, 512, 1024, 2048, 4096, 8192 or 16384."
  }
}

variable "task_memory" {
  description = "Memory of a task in MiB; at its peak the service takes 1.5 GiB, docs/explanation/memory.md."
  type        = number
  default     = 2048

  validation {
    condition     = var.task_memory >= 2048 && var.task_memory <= 122880 && var.task_memory % 1024 == 0
    error_message = "Give whole GiB, at least 2048 MiB."
  }

  # Below one vCPU Fargate takes 2 GiB, or up to 4; above four, steps of 4 and of 8 GiB.
  validation {
    condition = (
      var.task_memory >= 2 * var.task_cpu && var.task_memory <= min(8 * var.task_cpu, 7.5 * max(var.task_cpu, 4096)) &&
      var.task_memory % (var.task_cpu > 8192 ? 8192 : var.task_cpu > 4096 ? 4096 : 1024) == 0
    )
    error_message = "Fargate wants 2 to 8 GiB for each vCPU: at most 2 GiB with 256 units, 30 GiB with 4096, 60 with 8192 (in steps of 4), 120 with 16384 (of 8)."
  }
}

variable "tasks_min" {
  description = "Fewest tasks."
  type        = number
  default     = 2

  validation {
    condition     = var.tasks_min >= 1
    error_message = "At least one task has to run."
  }
}

variable "tasks_max" {
  description = "Most tasks."
  type        = number
  default     = 6

  validation {
    condition     = var.tasks_max >= var.tasks_min
    error_message = "tasks_max is below tasks_min."
  }
}

variable "spot_percent" {
  description = "Share of the tasks beyond the first that run on Fargate Spot (cheaper, may be stopped with two minutes' notice)."
  type        = number
  default     = 0

  validation {
    condition     = var.spot_percent >= 0 && var.spot_percent <= 100
    error_message = "Give 0 to 100."
  }
}

variable "requests_per_task_per_minute" {
  description = "Requests per task and minute that the autoscaling aims at. Measure yours: it depends on the photos."
  type        = number
  default     = 300

  validation {
    condition     = var.requests_per_task_per_minute > 0
    error_message = "Give a number above 0."
  }
}

variable "cpu_target_percent" {
  description = "Mean CPU use that the autoscaling aims at."
  type        = number
  default     = 60

  validation {
    condition     = var.cpu_target_percent >= 10 && var.cpu_target_percent <= 90
    error_message = "Give 10 to 90."
  }
}

variable "model_prefix" {
  description = "Folder of a bundle in the model store, like models/mine/; empty: the model in the image."
  type        = string
  default     = ""

  validation {
    condition     = var.model_prefix == "" || can(regex("^models/([A-Za-z0-9._-]+/)+$", var.model_prefix))
    error_message = "Give a folder below models/, with a slash at the end, or nothing."
  }
}

variable "settings" {
  description = "Settings of the service by their full names, like GENDERLENS_FACES."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key in keys(var.settings) : can(regex("^GENDERLENS_[A-Z_]+$", key)) && !contains(["GENDERLENS_HOST", "GENDERLENS_PORT", "GENDERLENS_MODEL"], key)])
    error_message = "Names begin with GENDERLENS_; host, port and model are set elsewhere."
  }
}

variable "secret_settings" {
  description = "Settings that Secrets Manager keeps: name to ARN of a secret encrypted with this deployment's key."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key, arn in var.secret_settings : can(regex("^GENDERLENS_[A-Z_]+$", key)) && can(regex("^arn:[a-z-]+:secretsmanager:", arn))])
    error_message = "Names begin with GENDERLENS_, values are ARNs of secrets."
  }
}

variable "aws_cli_image" {
  description = "Image that copies an own model from the store before the service starts."
  type        = string
  default     = "public.ecr.aws/aws-cli/aws-cli:2.27.50"

  validation {
    condition     = !endswith(var.aws_cli_image, ":latest") && can(regex("[:@]", var.aws_cli_image))
    error_message = "Name a version or a digest, not latest."
  }
}
