output "cluster" {
  description = "Name of the cluster."
  value       = aws_ecs_cluster.this.name
}

output "service" {
  description = "Name of the service."
  value       = aws_ecs_service.this.name
}

output "log_group" {
  description = "Log group of the service."
  value       = aws_cloudwatch_log_group.this.name
}

output "balancer" {
  description = "The load balancer: arn, dns_name, and arn_suffix as metrics name it."
  value = {
    arn        = aws_lb.this.arn
    dns_name   = aws_lb.this.dns_name
    arn_suffix = aws_lb.this.arn_suffix
  }
}

output "target_group" {
  description = "The target group as metrics name it."
  value       = aws_lb_target_group.this.arn_suffix
}

output "task_security_group_id" {
  description = "Security group of the tasks."
  value       = aws_security_group.task.id
}
