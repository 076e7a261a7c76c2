variable "name" {
  description = "Name of the deployment; prefix of what is made."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the database."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets, one per zone."
  type        = list(string)
}

variable "client_security_group_id" {
  description = "Security group of the tasks that may connect."
  type        = string
}

variable "instance_class" {
  description = "RDS instance class."
  type        = string
}

variable "storage_gb" {
  description = "Storage in GB to begin with; grows to four times that."
  type        = number
}

variable "multi_az" {
  description = "A standby in a second zone."
  type        = bool
}

variable "backup_days" {
  description = "Days that daily backups are kept."
  type        = number
}

variable "cluster" {
  description = "ECS cluster of the service that uses the database."
  type        = string
}

variable "service" {
  description = "ECS service that is started anew after the password has changed."
  type        = string
}

variable "key_arn" {
  description = "KMS key that encrypts storage, backups and the password."
  type        = string
}

variable "deletion_protection" {
  description = "Refuse to delete the database; if deleted after all, take a last snapshot."
  type        = bool
}
