variable "name" {
  description = "Name of the deployment; prefix of everything that is made."
  type        = string
  default     = "genderlens"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,19}$", var.name)) && !endswith(var.name, "-")
    error_message = "The name begins with a letter and has 3 to 20 of a-z, 0-9 and -; it becomes part of bucket names."
  }
}

variable "region" {
  description = "AWS region."
  type        = string
  default     = "eu-central-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "Give a region like eu-central-1."
  }
}

variable "tags" {
  description = "Tags beside Deployment and ManagedBy."
  type        = map(string)
  default     = {}
}

variable "domain_name" {
  description = "Host name of page and API."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain_name))
    error_message = "Give a host name like faces.example.org, without https:// and slash."
  }
}

variable "zone_id" {
  description = "Route 53 hosted zone that holds the host name."
  type        = string

  validation {
    condition     = can(regex("^Z[A-Z0-9]+$", var.zone_id))
    error_message = "Give the id of a public hosted zone, like Z0123456789ABCDEFGHIJ."
  }
}

variable "allowed_cidrs" {
  description = "IPv4 ranges that may use page and API. An empty list means anyone who has an API key, and so needs a database."
  type        = list(string)

  validation {
    condition     = alltrue([for cidr in var.allowed_cidrs : can(cidrnetmask(cidr)) && !endswith(cidr, "/0")])
    error_message = "Give IPv4 ranges like 192.0.2.0/24; to let everyone in, give an empty list."
  }

  # Without a database there are no keys: nothing else would stand between the service and everybody.
  validation {
    condition     = length(var.allowed_cidrs) > 0 || var.enable_database
    error_message = "Without a database there are no keys, so say who may ask: give IPv4 ranges, or set enable_database."
  }
}

variable "image_tag" {
  description = "Tag of the images to run; deploy.sh takes the commit."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", var.image_tag)) && var.image_tag != "latest"
    error_message = "Give the tag of one build, not latest: tags are immutable here."
  }
}

variable "alarm_email" {
  description = "Address for alarms and budget warnings."
  type        = string

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", var.alarm_email))
    error_message = "Give one e-mail address."
  }
}

variable "monthly_budget_usd" {
  description = "Budget of a month in US dollars; a warning at 80 % spent and at 100 % forecast."
  type        = number
  default     = 200

  validation {
    condition     = var.monthly_budget_usd > 0
    error_message = "Give a budget above 0."
  }
}

variable "slow_s" {
  description = "Seconds from which on an alarm calls 95 % of the requests slow."
  type        = number
  default     = 1

  validation {
    condition     = var.slow_s > 0
    error_message = "Give seconds above 0."
  }
}

variable "log_retention_days" {
  description = "Days that logs are kept; they hold addresses of visitors."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400], var.log_retention_days)
    error_message = "CloudWatch takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 or 400 days."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the balancer, the database, and buckets and repositories that are not empty."
  type        = bool
  default     = true
}
