variable "domain_name" {
  description = "Host name of page and API."
  type        = string
}

variable "zone_id" {
  description = "Route 53 zone that holds the name."
  type        = string
}
