variable "name" {
  description = "Name of the deployment; prefix of the repositories."
  type        = string
}

variable "key_arn" {
  description = "KMS key that encrypts the images."
  type        = string
}

variable "images_kept" {
  description = "Images kept per repository, the newest first."
  type        = number
  default     = 20

  validation {
    condition     = var.images_kept >= 2
    error_message = "Keep at least 2 images, so that there is one to go back to."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete a repository that still holds images."
  type        = bool
}
