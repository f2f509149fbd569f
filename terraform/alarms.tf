resource "aws_sns_topic" "alarms" {
  name = "${local.name}-alarms"
}

resource "aws_sns_topic_subscription" "mail" {
  count = var.alarm_email == null ? 0 : 1

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

# What the server writes when something is wrong with itself: lines at level ERROR, and its last sentence when it has to end.
resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "${local.name}-errors"
  log_group_name = aws_cloudwatch_log_group.app.name
  pattern        = "?\"level=ERROR\" ?\"level=FATAL\" ?\"Messenger met a bug\" ?\"Messenger had to stop\" ?\"was taken over by another server\""

  metric_transformation {
    namespace = "Messenger/${local.name}"
    name      = "Errors"
    value     = "1"
  }
}

locals {
  of_load_balancer = { LoadBalancer = aws_lb.main.arn_suffix }
  of_targets       = { LoadBalancer = aws_lb.main.arn_suffix, TargetGroup = aws_lb_target_group.app.arn_suffix }
  of_service       = { ClusterName = aws_ecs_cluster.main.name, ServiceName = aws_ecs_service.app.name }
  of_database      = { DBInstanceIdentifier = aws_db_instance.main.identifier }

  mebibyte = 1024 * 1024

  # A deployment takes a minute or two without a server; what it does to these metrics is over before they are alarms.
  # `when` is > or <; `missing` is what it means that there is no number.
  alarms = {
    no-healthy-host = {
      about     = "For five minutes no server has taken new connections."
      namespace = "AWS/ApplicationELB", metric = "HealthyHostCount", dimensions = local.of_targets
      statistic = "Maximum", when = "<", threshold = 1, period = 60, periods = 5, missing = "breaching"
    }
    unhealthy-host = {
      about     = "For five minutes a server has been there that is not ready."
      namespace = "AWS/ApplicationELB", metric = "UnHealthyHostCount", dimensions = local.of_targets
      statistic = "Minimum", when = ">", threshold = 0, period = 60, periods = 5, missing = "notBreaching"
    }
    load-balancer-5xx = {
      about     = "The load balancer answers with errors of its own: it reaches no server."
      namespace = "AWS/ApplicationELB", metric = "HTTPCode_ELB_5XX_Count", dimensions = local.of_load_balancer
      statistic = "Sum", when = ">", threshold = 20, period = 300, periods = 2, missing = "notBreaching"
    }
    server-5xx = {
      about     = "The server answers with errors: look for level=ERROR in its log."
      namespace = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", dimensions = local.of_targets
      statistic = "Sum", when = ">", threshold = 20, period = 300, periods = 2, missing = "notBreaching"
    }
    slow-answers = {
      about     = "One answer of a hundred takes longer than two seconds."
      namespace = "AWS/ApplicationELB", metric = "TargetResponseTime", dimensions = local.of_targets
      statistic = "p99", when = ">", threshold = 2, period = 300, periods = 3, missing = "notBreaching"
    }
    no-task = {
      # A task is a sample each minute, which says how many run without Container Insights.
      about     = "For five minutes no task has run: see the events of the service."
      namespace = "AWS/ECS", metric = "CPUUtilization", dimensions = local.of_service
      statistic = "SampleCount", when = "<", threshold = 1, period = 60, periods = 5, missing = "breaching"
    }
    server-cpu = {
      about     = "The server has been busy for a quarter of an hour. It uses one core for messages: a larger task helps up to there."
      namespace = "AWS/ECS", metric = "CPUUtilization", dimensions = local.of_service
      statistic = "Average", when = ">", threshold = 80, period = 300, periods = 3, missing = "notBreaching"
    }
    server-memory = {
      about     = "The memory of the task is nearly used up."
      namespace = "AWS/ECS", metric = "MemoryUtilization", dimensions = local.of_service
      statistic = "Maximum", when = ">", threshold = 85, period = 300, periods = 2, missing = "notBreaching"
    }
    server-errors = {
      about     = "The server has written of a bug or a failure: look for level=ERROR in its log."
      namespace = aws_cloudwatch_log_metric_filter.errors.metric_transformation[0].namespace
      metric    = aws_cloudwatch_log_metric_filter.errors.metric_transformation[0].name, dimensions = {}
      statistic = "Sum", when = ">", threshold = 0, period = 300, periods = 1, missing = "notBreaching"
    }
    database-cpu = {
      about     = "The database has been busy for a quarter of an hour."
      namespace = "AWS/RDS", metric = "CPUUtilization", dimensions = local.of_database
      statistic = "Average", when = ">", threshold = 80, period = 300, periods = 3, missing = "notBreaching"
    }
    database-storage = {
      about     = "The disk of the database has less than 2 GiB left, which RDS should have enlarged: see db_max_allocated_storage."
      namespace = "AWS/RDS", metric = "FreeStorageSpace", dimensions = local.of_database
      statistic = "Minimum", when = "<", threshold = 2048 * local.mebibyte, period = 300, periods = 2, missing = "notBreaching"
    }
    database-memory = {
      about     = "The database has less than 128 MiB of memory left."
      namespace = "AWS/RDS", metric = "FreeableMemory", dimensions = local.of_database
      statistic = "Average", when = "<", threshold = 128 * local.mebibyte, period = 300, periods = 3, missing = "notBreaching"
    }
    database-connections = {
      # A server has twelve, an operator's command two.
      about     = "The database has more connections than one server and its operators make."
      namespace = "AWS/RDS", metric = "DatabaseConnections", dimensions = local.of_database
      statistic = "Maximum", when = ">", threshold = 40, period = 300, periods = 2, missing = "notBreaching"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "app" {
  for_each = local.alarms

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = each.value.about
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  comparison_operator = each.value.when == ">" ? "GreaterThanThreshold" : "LessThanThreshold"
  threshold           = each.value.threshold
  period              = each.value.period
  evaluation_periods  = each.value.periods
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
