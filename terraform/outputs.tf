output "url" {
  description = "Where people go."
  value       = local.public_url
}

output "alb_dns_name" {
  description = "The name of the load balancer; domain is an alias of it, or a CNAME where its DNS is elsewhere."
  value       = aws_lb.main.dns_name
}

output "db_endpoint" {
  description = "Host and port of the database, which only the server reaches."
  value       = aws_db_instance.main.endpoint
}

output "db_secret_arn" {
  description = "The secret with the password of the database."
  value       = local.database_secret_arn
}

output "ecs_cluster_name" {
  description = "The cluster."
  value       = aws_ecs_cluster.main.name
}

output "ecs_service_name" {
  description = "The service."
  value       = aws_ecs_service.app.name
}

output "task_family" {
  description = "The family of task definitions; a deployment registers its next revision."
  value       = aws_ecs_task_definition.app.family
}

output "container_name" {
  description = "The container of the task whose image a deployment changes."
  value       = local.container.name
}

output "ecr_repository_url" {
  description = "Where images are pushed to."
  value       = aws_ecr_repository.app.repository_url
}

output "image_parameter_name" {
  description = "The parameter that says which image runs; a deployment writes it when it has succeeded."
  value       = aws_ssm_parameter.image.name
}

output "deploy_role_arn" {
  description = "The role that the workflow of github_repository takes; null without one."
  value       = one(aws_iam_role.deploy[*].arn)
}

output "secret_names" {
  description = "Where the server's own secrets are, by setting: OWNER_TOKEN makes an owner of whoever knows it, METRICS_TOKEN reads /metrics."
  value       = { for name, secret in aws_secretsmanager_secret.server : name => secret.name }
}

output "log_group_name" {
  description = "The log of the server."
  value       = aws_cloudwatch_log_group.app.name
}

output "alarm_topic_arn" {
  description = "Where alarms are told, to subscribe more than a mail address."
  value       = aws_sns_topic.alarms.arn
}

output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.main.id
}

output "public_subnets" {
  description = "The subnets of the load balancer."
  value       = aws_subnet.public[*].id
}

output "private_subnets" {
  description = "The subnets of the server and its database, which one-off tasks run in."
  value       = aws_subnet.private[*].id
}

output "ecs_security_group" {
  description = "The security group of the server, which one-off tasks run in."
  value       = aws_security_group.ecs.id
}
