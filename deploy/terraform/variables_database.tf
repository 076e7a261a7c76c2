variable "enable_database" {
  description = "PostgreSQL for API keys and history. Without it the service asks for no keys and remembers nothing."
  type        = bool
  default     = true
}

variable "database_instance_class" {
  description = "RDS instance class."
  type        = string
  default     = "db.t4g.micro"

  validation {
    condition     = startswith(var.database_instance_class, "db.")
    error_message = "Give a class like db.t4g.micro."
  }
}

variable "database_storage_gb" {
  description = "Storage in GB to begin with; it grows to four times that."
  type        = number
  default     = 20

  validation {
    condition     = var.database_storage_gb >= 20 && var.database_storage_gb <= 16384
    error_message = "Give 20 to 16384 GB."
  }
}

variable "database_multi_az" {
  description = "A standby in a second zone: twice the price, and a failed zone costs a minute."
  type        = bool
  default     = true
}

variable "database_backup_days" {
  description = "Days that daily backups are kept."
  type        = number
  default     = 14

  validation {
    condition     = var.database_backup_days >= 1 && var.database_backup_days <= 35
    error_message = "Give 1 to 35 days."
  }
}
