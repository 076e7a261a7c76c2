output "url" {
  description = "Address of page and API."
  value       = "https://${var.domain_name}"
}

output "region" {
  description = "Region of everything but CloudFront, its firewall and its certificate."
  value       = var.region
}

output "repositories" {
  description = "Addresses of the image repositories: service, training."
  value       = module.registry.urls
}

output "cluster" {
  description = "ECS cluster."
  value       = module.service.cluster
}

output "service" {
  description = "ECS service."
  value       = module.service.service
}

output "log_group" {
  description = "Log of the service: aws logs tail LOG_GROUP --follow."
  value       = module.service.log_group
}

output "model_bucket" {
  description = "Bucket for models/, data/ and runs/."
  value       = module.model_store.bucket
}

output "page_bucket" {
  description = "Bucket of the page; deploy.sh deploy-ui writes there."
  value       = module.web.page_bucket
}

output "distribution_id" {
  description = "CloudFront distribution; deploy.sh deploy-ui clears its cache."
  value       = module.web.distribution_id
}

output "training" {
  description = "Queue and definition of training jobs; null where training is not enabled."
  value = var.enable_training ? {
    job_queue      = module.training[0].job_queue
    job_definition = module.training[0].job_definition
  } : null
}

output "database" {
  description = "Endpoint, and secret with user and password; null where no database is enabled."
  value = var.enable_database ? {
    endpoint   = module.database[0].endpoint
    secret_arn = module.database[0].secret_arn
  } : null
}
