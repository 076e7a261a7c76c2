# terraform test: plans against a provider that makes nothing. Needs `terraform init`, no account.
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

mock_provider "aws" {
  alias = "global"

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { region = "us-east-1" }
  }

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

variables {
  domain_name   = "faces.example.org"
  zone_id       = "Z0123456789ABCDEFGHIJ"
  allowed_cidrs = ["192.0.2.0/24"]
  image_tag     = "abc123def456"
  alarm_email   = "ops@example.org"
}

run "plain" {
  command = plan

  assert {
    condition     = output.url == "https://faces.example.org"
    error_message = "page and API have one address"
  }

  assert {
    condition     = output.training == null && output.database != null
    error_message = "training is off unless asked for; keys need the database"
  }
}

run "without_database" {
  command = plan

  variables {
    enable_database = false
  }

  assert {
    condition     = output.database == null
    error_message = "no database where none is wanted"
  }
}

run "everything" {
  command = plan

  variables {
    allowed_cidrs   = []
    enable_training = true
    enable_database = true
    nat_per_zone    = true
    spot_percent    = 50
    model_prefix    = "models/mine/"
    settings        = { GENDERLENS_FACES = "largest" }
    secret_settings = { GENDERLENS_PEOPLE_MODEL = "arn:aws:secretsmanager:eu-central-1:1:secret:x" }
  }
}

run "faults_are_refused" {
  command = plan

  variables {
    name          = "Upper"
    region        = "Frankfurt"
    domain_name   = "https://faces.example.org"
    zone_id       = "faces"
    allowed_cidrs = ["0.0.0.0/0"]
    image_tag     = "latest"
    alarm_email   = "nobody"
    vpc_cidr      = "10.0.0.0/28"
    zone_letters  = ["a", "a"]
    tasks_min     = 4
    tasks_max     = 3
    model_prefix  = "mine"
    settings      = { GENDERLENS_PORT = "1" }
    spot_percent  = 101
  }

  expect_failures = [
    var.name, var.region, var.domain_name, var.zone_id, var.allowed_cidrs, var.image_tag,
    var.alarm_email, var.vpc_cidr, var.zone_letters, var.tasks_max, var.model_prefix,
    var.settings, var.spot_percent,
  ]
}

run "open_to_everybody_is_refused" {
  command = plan

  variables {
    allowed_cidrs   = []
    enable_database = false
  }

  expect_failures = [var.allowed_cidrs]
}
