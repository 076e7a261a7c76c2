output "job_queue" {
  description = "Queue to submit to."
  value       = aws_batch_job_queue.this.name
}

output "job_definition" {
  description = "Definition to submit."
  value       = aws_batch_job_definition.this.name
}
