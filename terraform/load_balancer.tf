locals {
  has_tls         = var.domain != null
  makes_records   = var.hosted_zone_id != null
  certificate_arn = local.makes_records ? one(aws_acm_certificate_validation.app[*].certificate_arn) : var.certificate_arn
  public_url      = local.has_tls ? "https://${var.domain}" : "http://${aws_lb.main.dns_name}"
}

# No access log: the addresses of incoming webhooks are secrets, and would be in it.
resource "aws_lb" "main" {
  name               = local.name
  load_balancer_type = "application"
  internal           = false
  security_groups    = [aws_security_group.alb.id]
  subnets            = aws_subnet.public[*].id

  # The server sends a ping after 15 seconds of silence; this leaves room for twenty.
  idle_timeout               = 300
  enable_http2               = true
  drop_invalid_header_fields = true
  # The server reads it from the right, up to the first address that is no proxy.
  xff_header_processing_mode = "append"
  enable_deletion_protection = local.is_prod

  # AWS refuses one that faces the internet where there is no way to it yet, and a way that something public still uses.
  depends_on = [
    aws_internet_gateway.main,
    aws_route.internet,
    aws_route_table_association.public
  ]
}

resource "aws_lb_target_group" "app" {
  name_prefix = "msgr-"
  port        = var.app_port
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.main.id

  # ECS waits for this to pass before it tells the task to stop, and with WebSockets open it always passes in full; nobody new gets
  # in meanwhile. So no longer than requests are given by the server's own drain, which follows.
  deregistration_delay = var.drain_seconds

  health_check {
    path                = "/readyz"
    port                = "traffic-port"
    protocol            = "HTTP"
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type             = local.has_tls ? "redirect" : "forward"
    target_group_arn = local.has_tls ? null : aws_lb_target_group.app.arn

    dynamic "redirect" {
      for_each = local.has_tls ? [443] : []

      content {
        protocol    = "HTTPS"
        port        = tostring(redirect.value)
        status_code = "HTTP_301"
      }
    }
  }
}

resource "aws_lb_listener" "https" {
  count = local.has_tls ? 1 : 0

  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = local.certificate_arn
  # TLS 1.3, and 1.2 with forward secrecy and authenticated encryption alone.
  ssl_policy = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app.arn
  }
}

resource "aws_acm_certificate" "app" {
  count = local.makes_records ? 1 : 0

  domain_name       = var.domain
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

# One name, one record.
resource "aws_route53_record" "certificate" {
  count = local.makes_records ? 1 : 0

  zone_id         = var.hosted_zone_id
  name            = tolist(aws_acm_certificate.app[0].domain_validation_options)[0].resource_record_name
  type            = tolist(aws_acm_certificate.app[0].domain_validation_options)[0].resource_record_type
  records         = [tolist(aws_acm_certificate.app[0].domain_validation_options)[0].resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "app" {
  count = local.makes_records ? 1 : 0

  certificate_arn         = aws_acm_certificate.app[0].arn
  validation_record_fqdns = aws_route53_record.certificate[*].fqdn
}

resource "aws_route53_record" "app" {
  count = local.makes_records ? 1 : 0

  zone_id = var.hosted_zone_id
  name    = var.domain
  type    = "A"

  alias {
    name                   = aws_lb.main.dns_name
    zone_id                = aws_lb.main.zone_id
    evaluate_target_health = false
  }
}

check "tls" {
  assert {
    condition     = local.has_tls
    error_message = "There is no domain: passwords and messages go over plain HTTP. For trying it out alone."
  }
}
