variable "name" {
  description = "Name of the bucket, unique in all of AWS."
  type        = string
}

variable "key_arn" {
  description = "KMS key that encrypts the objects; null: S3's own key."
  type        = string
  default     = null
}

variable "policies" {
  description = "Policy documents (JSON) beside the one that demands TLS."
  type        = list(string)
  default     = []
}

variable "expire_days" {
  description = "Days after which objects are deleted; null: never."
  type        = number
  default     = null
}

variable "old_versions_kept_days" {
  description = "Days that an overwritten or deleted object can be brought back."
  type        = number
  default     = 30
}

variable "log_bucket" {
  description = "Bucket for the access log; null: no log. An object, so that its being there is known when planning."
  type        = object({ id = string })
  default     = null
}

variable "deletion_protection" {
  description = "Refuse to delete the bucket while it holds objects."
  type        = bool
}
