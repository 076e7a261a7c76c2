variable "name" {
  description = "Name of the deployment; prefix of what is made."
  type        = string
}

variable "vpc_id" {
  description = "VPC of balancer and tasks."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets, one per zone."
  type        = list(string)
}

variable "certificate_arn" {
  description = "Certificate of the balancer."
  type        = string
}

variable "image" {
  description = "Image to run, with its tag."
  type        = string
}

variable "repository_arn" {
  description = "Repository that the image is pulled from."
  type        = string
}

variable "aws_cli_image" {
  description = "Image with the AWS command line, which copies an own model."
  type        = string
}

variable "cpu" {
  description = "CPU units of a task; 1024 are one vCPU."
  type        = number
}

variable "memory" {
  description = "Memory of a task, in MiB."
  type        = number
}

variable "tasks_min" {
  description = "Fewest tasks."
  type        = number
}

variable "tasks_max" {
  description = "Most tasks."
  type        = number
}

variable "spot_percent" {
  description = "Share of the tasks beyond the first that run on Fargate Spot, in percent."
  type        = number
}

variable "requests_per_task_per_minute" {
  description = "Requests per task and minute that the autoscaling aims at."
  type        = number
}

variable "cpu_target_percent" {
  description = "Mean CPU use that the autoscaling aims at."
  type        = number
}

variable "model_bucket" {
  description = "Bucket of the model store."
  type        = string
}

variable "model_bucket_arn" {
  description = "ARN of that bucket."
  type        = string
}

variable "model_prefix" {
  description = "Folder of a bundle in that bucket, with a slash at the end; empty: the model in the image."
  type        = string
}

variable "environment" {
  description = "Settings of the service, GENDERLENS_*."
  type        = map(string)
}

variable "secrets" {
  description = "Settings that Secrets Manager keeps: name to ARN."
  type        = map(string)
}

variable "log_bucket" {
  description = "Bucket for the balancer's access log."
  type        = string
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
}

variable "key_arn" {
  description = "KMS key that encrypts logs and models."
  type        = string
}

variable "deletion_protection" {
  description = "Refuse to delete the balancer."
  type        = bool
}
