resource "aws_wafv2_ip_set" "allowed" {
  provider = aws.global
  count    = length(var.allowed_cidrs) > 0 ? 1 : 0

  name               = "${var.name}-allowed"
  scope              = "CLOUDFRONT"
  ip_address_version = "IPV4"
  addresses          = var.allowed_cidrs
}

resource "aws_wafv2_web_acl" "this" {
  provider = aws.global

  name  = var.name
  scope = "CLOUDFRONT"

  default_action {
    allow {}
  }

  # The service is started without keys: who may ask is decided here.
  dynamic "rule" {
    for_each = aws_wafv2_ip_set.allowed

    content {
      name     = "only-allowed-addresses"
      priority = 0

      action {
        block {}
      }

      statement {
        not_statement {
          statement {
            ip_set_reference_statement {
              arn = rule.value.arn
            }
          }
        }
      }

      visibility_config {
        metric_name                = "${var.name}-addresses"
        cloudwatch_metrics_enabled = true
        sampled_requests_enabled   = false
      }
    }
  }

  rule {
    name     = "rate"
    priority = 1

    action {
      block {
        custom_response {
          response_code = 429

          response_header {
            name  = "Retry-After"
            value = "300"
          }
        }
      }
    }

    statement {
      rate_based_statement {
        limit                 = var.requests_per_address
        evaluation_window_sec = 300
        aggregate_key_type    = "IP"
      }
    }

    visibility_config {
      metric_name                = "${var.name}-rate"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "known-attacks"
    priority = 2

    override_action {
      none {}
    }

    # The common rule set is left out: it refuses bodies over 8 KB, and photos are larger.
    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesKnownBadInputsRuleSet"
      }
    }

    visibility_config {
      metric_name                = "${var.name}-known-attacks"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  # The load balancer compares the path as it is written; the service decodes it first. So does this.
  rule {
    name     = "metrics"
    priority = 3

    action {
      block {
        custom_response {
          response_code = 404
        }
      }
    }

    statement {
      byte_match_statement {
        positional_constraint = "CONTAINS"
        search_string         = "/metrics"

        field_to_match {
          uri_path {}
        }

        text_transformation {
          priority = 0
          type     = "URL_DECODE"
        }

        text_transformation {
          priority = 1
          type     = "URL_DECODE"
        }

        text_transformation {
          priority = 2
          type     = "NORMALIZE_PATH"
        }

        text_transformation {
          priority = 3
          type     = "LOWERCASE"
        }
      }
    }

    visibility_config {
      metric_name                = "${var.name}-metrics"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "control-characters"
    priority = 4

    action {
      block {
        custom_response {
          response_code = 400
        }
      }
    }

    statement {
      regex_match_statement {
        regex_string = "[\\x00-\\x1f\\x7f]"

        field_to_match {
          uri_path {}
        }

        text_transformation {
          priority = 0
          type     = "URL_DECODE"
        }
      }
    }

    visibility_config {
      metric_name                = "${var.name}-control-characters"
      cloudwatch_metrics_enabled = true
      sampled_requests_enabled   = false
    }
  }

  visibility_config {
    metric_name                = var.name
    cloudwatch_metrics_enabled = true
    sampled_requests_enabled   = false
  }
}

resource "aws_cloudwatch_log_group" "firewall" {
  provider = aws.global

  # The name has to begin like this.
  name              = "aws-waf-logs-${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.global_key_arn
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  provider = aws.global

  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.firewall.arn]

  redacted_fields {
    single_header {
      name = "authorization"
    }
  }

  redacted_fields {
    single_header {
      name = "cookie"
    }
  }

  redacted_fields {
    single_header {
      name = "x-api-key"
    }
  }

  # Keys do not belong there, and are refused; by then they would be logged.
  redacted_fields {
    query_string {}
  }
}
