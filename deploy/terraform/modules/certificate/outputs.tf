output "balancer_arn" {
  description = "Certificate for the load balancer, once it is issued."
  value       = aws_acm_certificate_validation.balancer.certificate_arn
}

output "edge_arn" {
  description = "Certificate for CloudFront, once it is issued."
  value       = aws_acm_certificate_validation.edge.certificate_arn
}
