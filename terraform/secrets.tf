# Secrets of the server's own. Their values are made while a plan is applied and written once per version: they are in Secrets
# Manager alone, neither in the state nor in a plan.

ephemeral "random_password" "server" {
  for_each = var.secret_versions

  length  = 48
  special = false
}

resource "aws_secretsmanager_secret" "server" {
  for_each = var.secret_versions

  name                    = "${local.name}/${each.key}"
  recovery_window_in_days = local.is_prod ? 30 : 0
}

resource "aws_secretsmanager_secret_version" "server" {
  for_each = var.secret_versions

  secret_id                = aws_secretsmanager_secret.server[each.key].id
  secret_string_wo         = ephemeral.random_password.server[each.key].result
  secret_string_wo_version = each.value
}

locals {
  # What the container is given, by the name of its setting. Ours are named with their version, so that a new one starts a new
  # task; that of the database changes under it.
  secrets = merge(
    {
      for name, version in aws_secretsmanager_secret_version.server :
      name => "${aws_secretsmanager_secret.server[name].arn}:::${version.version_id}"
    },
    { DATABASE_PASSWORD = "${local.database_secret_arn}:password::" },
    # There is none before the second version, and a task that asks for what is not there does not start.
    var.secret_versions.SECRET_KEY == 1 ? {} : {
      SECRET_KEY_PREVIOUS = "${aws_secretsmanager_secret.server["SECRET_KEY"].arn}::AWSPREVIOUS:"
    }
  )

  database_secret_arn = aws_db_instance.main.master_user_secret[0].secret_arn
}
