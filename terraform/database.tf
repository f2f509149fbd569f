resource "aws_db_subnet_group" "main" {
  name       = local.name
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_db_parameter_group" "main" {
  name_prefix = "${local.name}-"
  family      = "postgres${var.db_engine_version}"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  # A refused row would be written to the log of the database in full, and with it what people wrote.
  parameter {
    name  = "log_error_verbosity"
    value = "terse"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# A snapshot's name can be used once, and a database that is made anew leaves another.
resource "random_id" "final_snapshot" {
  byte_length = 4

  keepers = {
    begins_with = coalesce(var.db_snapshot_identifier, "nothing")
  }
}

resource "aws_db_instance" "main" {
  identifier     = local.name
  engine         = "postgres"
  engine_version = var.db_engine_version
  instance_class = var.db_instance_class
  db_name        = "messenger"
  port           = 5432

  # The password is made and kept in Secrets Manager; it is neither here nor in the state.
  username                    = "messenger"
  manage_master_user_password = true

  storage_type          = "gp3"
  storage_encrypted     = true
  allocated_storage     = var.db_allocated_storage
  max_allocated_storage = var.db_max_allocated_storage

  db_subnet_group_name   = aws_db_subnet_group.main.name
  vpc_security_group_ids = [aws_security_group.rds.id]
  publicly_accessible    = false
  multi_az               = local.is_prod
  parameter_group_name   = aws_db_parameter_group.main.name
  ca_cert_identifier     = "rds-ca-rsa2048-g1"

  backup_retention_period   = local.is_prod ? 14 : 3
  backup_window             = "09:00-09:30"
  maintenance_window        = "sun:09:45-sun:10:45"
  copy_tags_to_snapshot     = true
  delete_automated_backups  = !local.is_prod
  deletion_protection       = local.is_prod
  skip_final_snapshot       = !local.is_prod
  final_snapshot_identifier = "${local.name}-final-${random_id.final_snapshot.hex}"
  snapshot_identifier       = var.db_snapshot_identifier

  auto_minor_version_upgrade            = true
  apply_immediately                     = !local.is_prod
  performance_insights_enabled          = true
  performance_insights_retention_period = 7
}

# RDS would change the password every seven days, at any hour. The server keeps the one it began with, and within half a minute ends
# to be started with the new one: so seldom, and when few are about.
resource "aws_secretsmanager_secret_rotation" "database" {
  secret_id          = aws_db_instance.main.master_user_secret[0].secret_arn
  rotate_immediately = false

  rotation_rules {
    schedule_expression = var.db_password_rotation
    duration            = "1h"
  }
}
