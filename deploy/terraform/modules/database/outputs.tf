output "endpoint" {
  description = "Host and port."
  value       = aws_db_instance.this.endpoint
}

output "url" {
  description = "URL for the service, without the password."
  value       = "postgresql://${aws_db_instance.this.username}@${aws_db_instance.this.endpoint}/${aws_db_instance.this.db_name}?sslmode=require"
}

output "secret_arn" {
  description = "Secret with user and password."
  value       = aws_db_instance.this.master_user_secret[0].secret_arn
}
