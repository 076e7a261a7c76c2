variable "name" {
  description = "Name of the deployment; prefix of what is made."
  type        = string
}

variable "domain_name" {
  description = "Host name of page and API."
  type        = string
}

variable "zone_id" {
  description = "Route 53 zone that holds the name."
  type        = string
}

variable "certificate_arn" {
  description = "Certificate in us-east-1."
  type        = string
}

variable "balancer_arn" {
  description = "The internal load balancer."
  type        = string
}

variable "balancer_dns_name" {
  description = "Its host name."
  type        = string
}

variable "page_bucket_name" {
  description = "Bucket for the page, unique in all of AWS."
  type        = string
}

variable "log_bucket" {
  description = "Bucket for the page bucket's access log."
  type        = string
}

variable "allowed_cidrs" {
  description = "IPv4 ranges that may ask; empty: anyone."
  type        = list(string)
}

variable "requests_per_address" {
  description = "Requests per address in five minutes, above which it gets 429."
  type        = number
}

variable "price_class" {
  description = "Edge locations: PriceClass_100, PriceClass_200 or PriceClass_All."
  type        = string
}

variable "log_retention_days" {
  description = "Days that the firewall's log is kept."
  type        = number
}

variable "global_key_arn" {
  description = "KMS key in us-east-1 that encrypts that log."
  type        = string
}

variable "deletion_protection" {
  description = "Refuse to delete the page's bucket while it holds files."
  type        = bool
}
