data "aws_caller_identity" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id

  # The URL is no secret; libpq takes the password from PGPASSWORD, which Secrets Manager hands over.
  database_settings = var.enable_database ? {
    GENDERLENS_AUTH         = "keys"
    GENDERLENS_DATABASE_URL = module.database[0].url
    GENDERLENS_HISTORY      = "on"
  } : { GENDERLENS_AUTH = "open" }
  # Whoever connects from within the network is the load balancer, or CloudFront behind it.
  proxy_settings = { GENDERLENS_TRUSTED_PROXIES = var.vpc_cidr }
  database_secrets = var.enable_database ? {
    PGPASSWORD = "${module.database[0].secret_arn}:password::"
  } : {}
}

module "encryption" {
  source = "./modules/encryption"

  name = var.name
}

# The firewall of CloudFront logs in us-east-1, and a key does not leave its region.
module "encryption_global" {
  source    = "./modules/encryption"
  providers = { aws = aws.global }

  name = "${var.name}-global"
}

module "network" {
  source = "./modules/network"

  name               = var.name
  cidr               = var.vpc_cidr
  zone_letters       = var.zone_letters
  nat_per_zone       = var.nat_per_zone
  log_retention_days = var.log_retention_days
  key_arn            = module.encryption.key_arn
}

module "registry" {
  source = "./modules/registry"

  name                = var.name
  key_arn             = module.encryption.key_arn
  deletion_protection = var.deletion_protection
}

module "model_store" {
  source = "./modules/model_store"

  bucket_name         = "${var.name}-models-${local.account}"
  key_arn             = module.encryption.key_arn
  log_bucket          = module.access_logs.id
  deletion_protection = var.deletion_protection
}

module "certificate" {
  source    = "./modules/certificate"
  providers = { aws = aws, aws.global = aws.global }

  domain_name = var.domain_name
  zone_id     = var.zone_id
}

module "service" {
  source = "./modules/service"

  name                         = var.name
  vpc_id                       = module.network.vpc_id
  subnet_ids                   = module.network.private_subnet_ids
  certificate_arn              = module.certificate.balancer_arn
  image                        = "${module.registry.urls["service"]}:${var.image_tag}"
  repository_arn               = module.registry.arns["service"]
  aws_cli_image                = var.aws_cli_image
  cpu                          = var.task_cpu
  memory                       = var.task_memory
  tasks_min                    = var.tasks_min
  tasks_max                    = var.tasks_max
  spot_percent                 = var.spot_percent
  requests_per_task_per_minute = var.requests_per_task_per_minute
  cpu_target_percent           = var.cpu_target_percent
  model_bucket                 = module.model_store.bucket
  model_bucket_arn             = module.model_store.bucket_arn
  model_prefix                 = var.model_prefix
  environment                  = merge(local.database_settings, local.proxy_settings, var.settings)
  secrets                      = merge(local.database_secrets, var.secret_settings)
  log_bucket                   = module.access_logs.id
  log_retention_days           = var.log_retention_days
  key_arn                      = module.encryption.key_arn
  deletion_protection          = var.deletion_protection

  # The balancer proves that it can write its log when it is made.
  depends_on = [module.access_logs]
}

module "web" {
  source    = "./modules/web"
  providers = { aws = aws, aws.global = aws.global }

  name                 = var.name
  domain_name          = var.domain_name
  zone_id              = var.zone_id
  certificate_arn      = module.certificate.edge_arn
  balancer_arn         = module.service.balancer.arn
  balancer_dns_name    = module.service.balancer.dns_name
  page_bucket_name     = "${var.name}-page-${local.account}"
  log_bucket           = module.access_logs.id
  allowed_cidrs        = var.allowed_cidrs
  requests_per_address = var.requests_per_address
  price_class          = var.price_class
  log_retention_days   = var.log_retention_days
  global_key_arn       = module.encryption_global.key_arn
  deletion_protection  = var.deletion_protection
}

module "observability" {
  source = "./modules/observability"

  name               = var.name
  balancer           = module.service.balancer.arn_suffix
  target_group       = module.service.target_group
  cluster            = module.service.cluster
  service            = module.service.service
  alarm_email        = var.alarm_email
  monthly_budget_usd = var.monthly_budget_usd
  slow_s             = var.slow_s
  key_arn            = module.encryption.key_arn
}

module "training" {
  source = "./modules/training"
  count  = var.enable_training ? 1 : 0

  name               = var.name
  vpc_id             = module.network.vpc_id
  subnet_ids         = module.network.private_subnet_ids
  image              = "${module.registry.urls["training"]}:${var.image_tag}"
  repository_arn     = module.registry.arns["training"]
  bucket             = module.model_store.bucket
  bucket_arn         = module.model_store.bucket_arn
  instance_types     = var.training_instance_types
  spot               = var.training_spot
  max_vcpus          = var.training_max_vcpus
  job_vcpus          = var.training_job_vcpus
  job_memory         = var.training_job_memory
  max_hours          = var.training_max_hours
  disk_gb            = var.training_disk_gb
  log_retention_days = var.log_retention_days
  key_arn            = module.encryption.key_arn
}

# API keys and history. Without it there are no keys, and allowed_cidrs alone decides who may ask.
module "database" {
  source = "./modules/database"
  count  = var.enable_database ? 1 : 0

  name                     = var.name
  vpc_id                   = module.network.vpc_id
  subnet_ids               = module.network.private_subnet_ids
  client_security_group_id = module.service.task_security_group_id
  instance_class           = var.database_instance_class
  storage_gb               = var.database_storage_gb
  multi_az                 = var.database_multi_az
  backup_days              = var.database_backup_days
  cluster                  = module.service.cluster
  service                  = module.service.service
  key_arn                  = module.encryption.key_arn
  deletion_protection      = var.deletion_protection
}
