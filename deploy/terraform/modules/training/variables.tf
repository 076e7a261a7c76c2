variable "name" {
  description = "Name of the deployment; prefix of what is made."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the training machines."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets."
  type        = list(string)
}

variable "image" {
  description = "Training image, with its tag."
  type        = string
}

variable "repository_arn" {
  description = "Repository that the image is pulled from."
  type        = string
}

variable "bucket" {
  description = "Bucket of the model store."
  type        = string
}

variable "bucket_arn" {
  description = "ARN of that bucket."
  type        = string
}

variable "instance_types" {
  description = "EC2 types with an NVIDIA GPU."
  type        = list(string)
}

variable "spot" {
  description = "Cheaper machines that may be taken away; the job then begins again."
  type        = bool
}

variable "max_vcpus" {
  description = "Most vCPUs at a time, over all jobs."
  type        = number
}

variable "job_vcpus" {
  description = "vCPUs of one job."
  type        = number
}

variable "job_memory" {
  description = "Memory of one job, in MiB."
  type        = number
}

variable "max_hours" {
  description = "Hours after which a job is stopped."
  type        = number
}

variable "disk_gb" {
  description = "Disk of a machine, in GB: image, decoded pictures, checkpoints."
  type        = number
}

variable "log_retention_days" {
  description = "Days that logs are kept."
  type        = number
}

variable "key_arn" {
  description = "KMS key that encrypts logs, data and runs."
  type        = string
}
