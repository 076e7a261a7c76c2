terraform {
  required_version = ">= 1.10, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.25"
    }
  }

  # bucket, key and region come from deploy-config.env (deploy.sh passes them to init).
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}

locals {
  tags = merge(var.tags, { Deployment = var.name, ManagedBy = "terraform" })
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias  = "global"
  region = "us-east-1"

  default_tags {
    tags = local.tags
  }
}
