output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "private_subnet_ids" {
  description = "Subnets without public addresses, one per zone."
  value       = aws_subnet.private[*].id
}
