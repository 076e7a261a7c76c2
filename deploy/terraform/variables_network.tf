variable "vpc_cidr" {
  description = "IPv4 range of the VPC, /16 to /22."
  type        = string
  default     = "10.40.0.0/16"

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && try(tonumber(split("/", var.vpc_cidr)[1]) >= 16 && tonumber(split("/", var.vpc_cidr)[1]) <= 22, false)
    error_message = "Give a range like 10.40.0.0/16, no smaller than /22."
  }
}

variable "zone_letters" {
  description = "Availability zones to spread over, by their letters."
  type        = list(string)
  default     = ["a", "b"]

  validation {
    condition     = length(distinct(var.zone_letters)) == length(var.zone_letters) && length(var.zone_letters) >= 2 && length(var.zone_letters) <= 4 && alltrue([for letter in var.zone_letters : can(regex("^[a-f]$", letter))])
    error_message = "Give 2 to 4 different letters that the region has."
  }
}

variable "nat_per_zone" {
  description = "A NAT gateway in each zone: twice the price, and new tasks still start when a zone fails."
  type        = bool
  default     = false
}

variable "price_class" {
  description = "Edge locations of CloudFront."
  type        = string
  default     = "PriceClass_100"

  validation {
    condition     = contains(["PriceClass_100", "PriceClass_200", "PriceClass_All"], var.price_class)
    error_message = "Give PriceClass_100, PriceClass_200 or PriceClass_All."
  }
}

variable "requests_per_address" {
  description = "Requests per address in five minutes, above which it gets 429."
  type        = number
  default     = 1000

  validation {
    condition     = var.requests_per_address >= 10 && var.requests_per_address <= 2000000000
    error_message = "AWS WAF takes 10 to 2,000,000,000."
  }
}
