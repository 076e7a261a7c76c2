variable "name" {
  description = "Name of the deployment; prefix of what is made."
  type        = string
}

variable "balancer" {
  description = "Load balancer as metrics name it."
  type        = string
}

variable "target_group" {
  description = "Target group as metrics name it."
  type        = string
}

variable "cluster" {
  description = "ECS cluster."
  type        = string
}

variable "service" {
  description = "ECS service."
  type        = string
}

variable "alarm_email" {
  description = "Address that alarms and budget warnings go to."
  type        = string
}

variable "monthly_budget_usd" {
  description = "Budget of a month, in US dollars."
  type        = number
}

variable "slow_s" {
  description = "Seconds from which on 95 % of the requests are called slow."
  type        = number
}

variable "key_arn" {
  description = "KMS key that encrypts the alarms' topic."
  type        = string
}
