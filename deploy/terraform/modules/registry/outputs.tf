output "urls" {
  description = "Repository address by name: service, training."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.repository_url }
}

output "arns" {
  description = "Repository ARN by name: service, training."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.arn }
}
