output "bucket" {
  description = "Name of the bucket."
  value       = module.bucket.id
}

output "bucket_arn" {
  description = "ARN of the bucket."
  value       = module.bucket.arn
}
