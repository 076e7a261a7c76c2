variable "enable_training" {
  description = "Make the queue for training jobs; without jobs it costs nothing."
  type        = bool
  default     = false
}

variable "training_instance_types" {
  description = "EC2 types with an NVIDIA GPU."
  type        = list(string)
  default     = ["g4dn.xlarge", "g5.xlarge"]

  validation {
    condition     = length(var.training_instance_types) > 0 && alltrue([for kind in var.training_instance_types : can(regex("^(g|p)[0-9]", kind))])
    error_message = "Give GPU types, like g4dn.xlarge."
  }
}

variable "training_spot" {
  description = "Cheaper machines that may be taken away; the job then begins again."
  type        = bool
  default     = false
}

variable "training_max_vcpus" {
  description = "Most vCPUs at a time, over all jobs."
  type        = number
  default     = 4

  validation {
    condition     = var.training_max_vcpus >= 4
    error_message = "The smallest GPU machines have 4 vCPUs."
  }
}

variable "training_job_vcpus" {
  description = "vCPUs of one job."
  type        = number
  default     = 4

  validation {
    condition     = var.training_job_vcpus >= 1
    error_message = "Give at least 1."
  }
}

variable "training_job_memory" {
  description = "Memory of one job in MiB; less than the machine has."
  type        = number
  default     = 14000

  validation {
    condition     = var.training_job_memory >= 4096
    error_message = "Give at least 4096 MiB."
  }
}

variable "training_max_hours" {
  description = "Hours after which a job is stopped."
  type        = number
  default     = 12

  validation {
    condition     = var.training_max_hours >= 1 && var.training_max_hours <= 168
    error_message = "Give 1 to 168 hours."
  }
}

variable "training_disk_gb" {
  description = "Disk of a training machine in GB."
  type        = number
  default     = 200

  validation {
    condition     = var.training_disk_gb >= 100
    error_message = "The image with CUDA and the decoded pictures need at least 100 GB."
  }
}
