output "page_bucket" {
  description = "Bucket of the page."
  value       = module.page.id
}

output "distribution_id" {
  description = "CloudFront distribution."
  value       = aws_cloudfront_distribution.this.id
}
