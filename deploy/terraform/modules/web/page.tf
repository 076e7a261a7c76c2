# Public files: S3's own key, so that CloudFront needs no rights on ours.
module "page" {
  source = "../bucket"

  name                = var.page_bucket_name
  policies            = [data.aws_iam_policy_document.page.json]
  log_bucket          = { id = var.log_bucket }
  deletion_protection = var.deletion_protection
}

data "aws_iam_policy_document" "page" {
  statement {
    sid       = "CloudFront"
    actions   = ["s3:GetObject"]
    resources = ["arn:${data.aws_partition.current.partition}:s3:::${var.page_bucket_name}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudfront_distribution.this.arn]
    }
  }
}

data "aws_partition" "current" {}

resource "aws_cloudfront_origin_access_control" "page" {
  name                              = "${var.name}-page"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_function" "index" {
  name    = "${var.name}-index"
  runtime = "cloudfront-js-2.0"
  comment = "A folder's address is its index.html"
  publish = true
  code    = <<-JS
    function handler(event) {
      var request = event.request;
      if (request.uri.endsWith("/")) request.uri += "index.html";
      return request;
    }
  JS
}

# The same headers that the service sends with its copy of the page.
resource "aws_cloudfront_response_headers_policy" "page" {
  #checkov:skip=CKV_AWS_259:HSTS is set for a year; what else lies below this host name, or in browsers' preload lists, is not ours to decide
  name = "${var.name}-page"

  security_headers_config {
    content_security_policy {
      override                = true
      content_security_policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    }

    content_type_options {
      override = true
    }

    frame_options {
      override     = true
      frame_option = "DENY"
    }

    referrer_policy {
      override        = true
      referrer_policy = "no-referrer"
    }

    strict_transport_security {
      override                   = true
      access_control_max_age_sec = 31536000
      include_subdomains         = false
      preload                    = false
    }
  }

  custom_headers_config {
    items {
      header   = "Cross-Origin-Opener-Policy"
      override = true
      value    = "same-origin"
    }

    items {
      header   = "Cross-Origin-Resource-Policy"
      override = true
      value    = "same-origin"
    }

    items {
      header   = "Permissions-Policy"
      override = true
      value    = "camera=(self), microphone=(), geolocation=(), display-capture=(), payment=(), usb=(), serial=(), hid=(), midi=()"
    }
  }
}

resource "aws_cloudfront_response_headers_policy" "api" {
  #checkov:skip=CKV_AWS_259:HSTS is set for a year; what else lies below this host name, or in browsers' preload lists, is not ours to decide
  name = "${var.name}-api"

  security_headers_config {
    strict_transport_security {
      override                   = true
      access_control_max_age_sec = 31536000
      include_subdomains         = false
      preload                    = false
    }
  }
}
