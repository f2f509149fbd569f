resource "aws_cloudwatch_log_group" "app" {
  name              = "/ecs/${local.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_ecs_cluster" "main" {
  name = local.name

  # Paid by the metric. The alarms need none of them.
  setting {
    name  = "containerInsights"
    value = "disabled"
  }
}

locals {
  # What app_settings must leave alone; a check holds it equal to what the container is given below.
  own_settings = [
    "DATABASE_CA", "DATABASE_PASSWORD", "DATABASE_URL", "DRAIN_SECONDS", "METRICS_TOKEN", "OWNER_TOKEN", "PORT", "PUBLIC_URL",
    "SECRET_KEY", "SECRET_KEY_PREVIOUS", "TRUSTED_PROXIES"
  ]

  own_environment = {
    PORT            = tostring(var.app_port)
    PUBLIC_URL      = local.public_url
    TRUSTED_PROXIES = var.vpc_cidr
    DATABASE_URL    = "postgres://${aws_db_instance.main.username}@${aws_db_instance.main.endpoint}/${aws_db_instance.main.db_name}"
    DATABASE_CA     = "/app/certificates/rds.pem"
    DRAIN_SECONDS   = tostring(var.drain_seconds)
  }

  environment = merge(var.app_settings, local.own_environment)

  container = {
    name      = "app"
    image     = aws_ssm_parameter.image.insecure_value
    essential = true

    user                   = "1000:1000"
    readonlyRootFilesystem = true
    linuxParameters = {
      # As process 1 Node would not hear a signal before it listens for one.
      initProcessEnabled = true
      capabilities       = { drop = ["ALL"] }
    }
    mountPoints = [{ sourceVolume = "data", containerPath = "/data", readOnly = false }]

    portMappings = [{ containerPort = var.app_port, hostPort = var.app_port, protocol = "tcp" }]
    environment  = [for name, value in local.environment : { name = name, value = value }]
    secrets      = [for name, place in local.secrets : { name = name, valueFrom = place }]

    # The longest orderly stop is 45 seconds beyond the drain.
    stopTimeout = max(60, var.drain_seconds + 45)
    healthCheck = {
      command     = ["CMD", "node", "-e", "fetch(`http://127.0.0.1:$${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
      interval    = 30
      timeout     = 5
      retries     = 3
      startPeriod = 300
    }

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.app.name
        awslogs-region        = var.aws_region
        awslogs-stream-prefix = "app"
        # A log that is away must not stop the server.
        mode            = "non-blocking"
        max-buffer-size = "25m"
      }
    }
  }
}

resource "aws_ecs_task_definition" "app" {
  family                   = local.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = tostring(var.task_cpu)
  memory                   = tostring(var.task_memory)
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  container_definitions    = jsonencode([local.container])

  # Deployments register revisions too: the newest is the one to compare with, and older ones stay, to go back to.
  track_latest = true
  skip_destroy = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.cpu_architecture
  }

  # The one place that can be written. The image declares it, and so it belongs to the user of the image: any other path would
  # belong to root here.
  volume {
    name = "data"
  }
}

# One task, and never two: a database has one server until rooms can be placed on several. The old one stops before the new one
# starts, and nothing moves or multiplies it.
resource "aws_ecs_service" "app" {
  name            = local.name
  cluster         = aws_ecs_cluster.main.arn
  task_definition = aws_ecs_task_definition.app.arn
  launch_type     = "FARGATE"

  desired_count                      = 1
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 100
  availability_zone_rebalancing      = "DISABLED"

  # A start may migrate the database first.
  health_check_grace_period_seconds = 300
  wait_for_steady_state             = true
  enable_execute_command            = false
  enable_ecs_managed_tags           = true
  propagate_tags                    = "SERVICE"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = aws_subnet.private[*].id
    security_groups  = [aws_security_group.ecs.id]
    assign_public_ip = false
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.app.arn
    container_name   = local.container.name
    container_port   = var.app_port
  }

  # A target group takes tasks once a listener leads to it; a task starts once it may read its secrets, and has a way out.
  depends_on = [
    aws_lb_listener.http,
    aws_lb_listener.https,
    aws_iam_role_policy.execution,
    aws_route.nat,
    aws_route_table_association.private,
    aws_vpc_security_group_egress_rule.ecs_to_rds,
    aws_vpc_security_group_egress_rule.ecs_to_world,
    aws_vpc_security_group_ingress_rule.rds_from_ecs
  ]
}
