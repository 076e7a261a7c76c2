terraform {
  required_version = ">= 1.10, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.25"
      # What CloudFront uses (certificates, web ACLs) lives in us-east-1.
      configuration_aliases = [aws.global]
    }
  }
}
