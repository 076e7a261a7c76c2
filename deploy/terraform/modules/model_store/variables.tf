variable "bucket_name" {
  description = "Name of the bucket, unique in all of AWS."
  type        = string
}

variable "key_arn" {
  description = "KMS key that encrypts models, data and runs."
  type        = string
}

variable "log_bucket" {
  description = "Bucket for the access log."
  type        = string
}

variable "deletion_protection" {
  description = "Refuse to delete the bucket while it holds objects."
  type        = bool
}
