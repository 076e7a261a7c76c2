variable "name" {
  description = "Name of the deployment; prefix of what is made."
  type        = string
}

variable "cidr" {
  description = "IPv4 range of the VPC."
  type        = string
}

variable "zone_letters" {
  description = "Availability zones to spread over, by their letters."
  type        = list(string)

  validation {
    condition     = length(var.zone_letters) >= 2 && length(var.zone_letters) <= 8
    error_message = "A load balancer and a database need at least 2 zones, and 8 subnets of each kind fit."
  }
}

variable "nat_per_zone" {
  description = "A NAT gateway in each zone rather than one for all."
  type        = bool
}

variable "log_retention_days" {
  description = "Days that flow logs are kept."
  type        = number
}

variable "key_arn" {
  description = "KMS key that encrypts the logs."
  type        = string
}
