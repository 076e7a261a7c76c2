locals {
  balancer = { LoadBalancer = var.balancer }
  targets  = { LoadBalancer = var.balancer, TargetGroup = var.target_group }
  service  = { ClusterName = var.cluster, ServiceName = var.service }

  # Each: metric, statistic, threshold, comparison, minutes in a row, and whether silence is bad.
  alarms = {
    no-task = {
      text       = "No task answers its health check."
      namespace  = "AWS/ApplicationELB"
      metric     = "HealthyHostCount"
      statistic  = "Minimum"
      dimensions = local.targets
      comparison = "LessThanThreshold"
      threshold  = 1
      minutes    = 2
      missing    = "breaching"
    }
    slow = {
      text       = "One request in twenty takes longer than ${var.slow_s} s."
      namespace  = "AWS/ApplicationELB"
      metric     = "TargetResponseTime"
      statistic  = "p95"
      dimensions = local.balancer
      comparison = "GreaterThanThreshold"
      threshold  = var.slow_s
      minutes    = 10
      missing    = "notBreaching"
    }
    cpu = {
      text       = "The tasks are busy although the autoscaling should have added some."
      namespace  = "AWS/ECS"
      metric     = "CPUUtilization"
      statistic  = "Average"
      dimensions = local.service
      comparison = "GreaterThanThreshold"
      threshold  = 90
      minutes    = 15
      missing    = "notBreaching"
    }
    memory = {
      text       = "The tasks are close to their memory limit."
      namespace  = "AWS/ECS"
      metric     = "MemoryUtilization"
      statistic  = "Maximum"
      dimensions = local.service
      comparison = "GreaterThanThreshold"
      threshold  = 90
      minutes    = 10
      missing    = "notBreaching"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.text
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = each.value.statistic == "p95" ? null : each.value.statistic
  extended_statistic  = each.value.statistic == "p95" ? "p95" : null
  dimensions          = each.value.dimensions
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = each.value.minutes
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# A share, so that one failure at night rings no bell.
resource "aws_cloudwatch_metric_alarm" "failing" {
  alarm_name          = "${var.name}-failing"
  alarm_description   = "More than 1 % of at least 20 requests a minute end in a server error."
  comparison_operator = "GreaterThanThreshold"
  threshold           = 1
  evaluation_periods  = 5
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  metric_query {
    id          = "percent"
    expression  = "IF(requests >= 20, 100 * (FILL(failed, 0) + FILL(gone, 0)) / requests, 0)"
    label       = "Server errors, percent"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = {
      requests = "RequestCount"
      failed   = "HTTPCode_Target_5XX_Count"
      gone     = "HTTPCode_ELB_5XX_Count"
    }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/ApplicationELB"
        metric_name = metric_query.value
        dimensions  = local.balancer
        period      = 60
        stat        = "Sum"
      }
    }
  }
}
