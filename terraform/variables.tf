variable "aws_region" {
  description = "The AWS region that everything is in."
  type        = string
  default     = "us-west-2"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.aws_region))
    error_message = "aws_region is the name of a region, like us-west-2."
  }
}

variable "environment" {
  description = "What this is for; prod is protected against deletion and has a standby of its database."
  type        = string
  default     = "dev"

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment is dev, staging or prod."
  }
}

variable "app_name" {
  description = "The beginning of all names."
  type        = string
  default     = "messenger"

  validation {
    # A load balancer's name has at most 32 characters, "-staging" included.
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.app_name)) && !strcontains(var.app_name, "--")
    error_message = "app_name has 3 to 20 lower-case letters, digits and single hyphens, and begins with a letter."
  }
}

# Network

variable "vpc_cidr" {
  description = "The addresses of the VPC, which are private ones: whoever speaks from there is trusted as a proxy."
  type        = string
  default     = "10.0.0.0/16"

  validation {
    condition     = can(cidrhost(var.vpc_cidr, 0)) && can(regex("/(1[6-9]|2[0-2])$", var.vpc_cidr))
    error_message = "vpc_cidr is an IPv4 network from /16 to /22, like 10.0.0.0/16."
  }

  validation {
    condition     = can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", var.vpc_cidr))
    error_message = "vpc_cidr is in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16."
  }
}

variable "ingress_cidr_blocks" {
  description = "Who may reach the load balancer, as IPv4 networks."
  type        = set(string)
  default     = ["0.0.0.0/0"]

  validation {
    condition     = length(var.ingress_cidr_blocks) > 0 && alltrue([for block in var.ingress_cidr_blocks : can(cidrnetmask(block))])
    error_message = "ingress_cidr_blocks are IPv4 networks, like 203.0.113.0/24."
  }
}

variable "egress_ports" {
  description = "The TCP ports that tasks may call anywhere. 443 is needed for the image, secrets and logs; add ports that outgoing webhooks call."
  type        = set(number)
  default     = [443]

  validation {
    condition     = contains(var.egress_ports, 443) && alltrue([for port in var.egress_ports : port >= 1 && port <= 65535])
    error_message = "egress_ports are ports from 1 to 65535, 443 among them."
  }
}

# Address

variable "domain" {
  description = "The name that people use, like chat.example.org. Without it the load balancer speaks plain HTTP under its own name."
  type        = string
  default     = null

  validation {
    condition     = var.domain == null || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain))
    error_message = "domain is a host name in lower case, like chat.example.org, without https:// and without a path."
  }

  validation {
    condition     = length([for value in [var.hosted_zone_id, var.certificate_arn] : value if value != null]) == (var.domain == null ? 0 : 1)
    error_message = "With domain goes either hosted_zone_id or certificate_arn, and neither of them without it."
  }
}

variable "hosted_zone_id" {
  description = "The hosted zone of Route 53 that domain is in: the certificate and both records are made there."
  type        = string
  default     = null

  validation {
    condition     = var.hosted_zone_id == null || can(regex("^Z[A-Z0-9]+$", var.hosted_zone_id))
    error_message = "hosted_zone_id begins with Z, like Z0123456789ABCDEFGHIJ."
  }
}

variable "certificate_arn" {
  description = "A certificate for domain in ACM of this region, where its DNS is not in Route 53."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null || can(regex("^arn:aws[a-z-]*:acm:", var.certificate_arn))
    error_message = "certificate_arn is the ARN of a certificate in ACM."
  }
}

# Server

variable "app_image" {
  description = "The image of the first start; afterwards the parameter that the output image_parameter_name names says which. The tag first in the repository made here, if null."
  type        = string
  default     = null

  validation {
    condition     = var.app_image == null || can(regex("[^/]+(:[A-Za-z0-9_][A-Za-z0-9_.-]*|@sha256:[0-9a-f]{64})$", var.app_image))
    error_message = "app_image has a tag or a digest, like 123456789012.dkr.ecr.us-west-2.amazonaws.com/messenger-prod:1.2.0."
  }

  validation {
    condition     = var.environment != "prod" || !endswith(coalesce(var.app_image, "none"), ":latest")
    error_message = "In prod app_image names one version, not :latest: nobody could say what runs, or go back."
  }
}

variable "app_port" {
  description = "The port that the server listens on."
  type        = number
  default     = 4000

  validation {
    condition     = var.app_port >= 1024 && var.app_port <= 65535 && floor(var.app_port) == var.app_port
    error_message = "app_port is a whole number from 1024 to 65535: the server is not root."
  }
}

variable "app_settings" {
  description = "More settings of the server by their names in docs/configuration.md, like { REGISTRATION = \"invite\" }."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setintersection(keys(var.app_settings), local.own_settings)) == 0
    error_message = "app_settings must not have ${join(", ", local.own_settings)}: they are set here."
  }
}

variable "drain_seconds" {
  description = "How long a server that stops waits for what is under way. Nobody new gets in meanwhile."
  type        = number
  default     = 10

  validation {
    # The orderly stop may take 45 seconds beyond it, and Fargate grants 120 at most.
    condition     = var.drain_seconds >= 0 && var.drain_seconds + 45 <= 120 && floor(var.drain_seconds) == var.drain_seconds
    error_message = "drain_seconds is a whole number from 0 to 75."
  }
}

variable "cpu_architecture" {
  description = "What the image is built for: X86_64, or ARM64, which costs a fifth less."
  type        = string
  default     = "X86_64"

  validation {
    condition     = contains(["X86_64", "ARM64"], var.cpu_architecture)
    error_message = "cpu_architecture is X86_64 or ARM64."
  }
}

variable "task_cpu" {
  description = "Processor of the task, in 1/1024 of a core."
  type        = number
  default     = 1024

  validation {
    condition     = contains([512, 1024, 2048, 4096], var.task_cpu)
    error_message = "task_cpu is 512, 1024, 2048 or 4096."
  }
}

variable "task_memory" {
  description = "Memory of the task, in MiB."
  type        = number
  default     = 2048

  validation {
    condition     = var.task_memory % 1024 == 0 && var.task_memory >= var.task_cpu * 2 && var.task_memory <= min(var.task_cpu * 8, 30720)
    error_message = "task_memory is a multiple of 1024, from 2 to 8 times task_cpu, and at most 30720."
  }
}

variable "log_retention_days" {
  description = "How long the server's log is kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400], var.log_retention_days)
    error_message = "log_retention_days is 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 or 400."
  }
}

variable "secret_versions" {
  description = "Raise a number to make that secret anew. Of SECRET_KEY the one before goes on being accepted."
  type = object({
    SECRET_KEY    = optional(number, 1)
    METRICS_TOKEN = optional(number, 1)
    OWNER_TOKEN   = optional(number, 1)
  })
  default = {}

  validation {
    condition     = alltrue([for version in values(var.secret_versions) : version >= 1 && floor(version) == version])
    error_message = "secret_versions are whole numbers from 1."
  }
}

# Database

variable "db_engine_version" {
  description = "The major version of PostgreSQL; RDS picks the minor one and keeps it up to date."
  type        = string
  default     = "18"

  validation {
    condition     = contains(["16", "17", "18"], var.db_engine_version)
    error_message = "db_engine_version is 16, 17 or 18."
  }
}

variable "db_instance_class" {
  description = "The machine of the database."
  type        = string
  default     = "db.t4g.small"

  validation {
    condition     = startswith(var.db_instance_class, "db.")
    error_message = "db_instance_class begins with db., like db.t4g.small."
  }
}

variable "db_allocated_storage" {
  description = "The disk of the database at first, in GiB."
  type        = number
  default     = 20

  validation {
    condition     = var.db_allocated_storage >= 20
    error_message = "db_allocated_storage is at least 20."
  }
}

variable "db_max_allocated_storage" {
  description = "How far RDS may enlarge the disk by itself, in GiB."
  type        = number
  default     = 200

  validation {
    condition     = var.db_max_allocated_storage >= ceil(var.db_allocated_storage * 1.1)
    error_message = "db_max_allocated_storage is at least a tenth more than db_allocated_storage."
  }
}

variable "db_password_rotation" {
  description = "When Secrets Manager changes the password of the database, in UTC. The server restarts within half a minute of it."
  type        = string
  default     = "cron(0 11 ? * SUN#1 *)"

  validation {
    condition     = can(regex("^(cron|rate)\\(.+\\)$", var.db_password_rotation))
    error_message = "db_password_rotation is a cron() or rate() expression of Secrets Manager, like rate(30 days)."
  }
}

variable "db_snapshot_identifier" {
  description = "A snapshot that a new database begins with. Changing it makes the database anew."
  type        = string
  default     = null
}

# People and programs around it

variable "alarm_email" {
  description = "Who is told of alarms by mail; they confirm it once."
  type        = string
  default     = null

  validation {
    condition     = var.alarm_email == null || can(regex("^[^@\\s]+@[^@\\s]+$", var.alarm_email))
    error_message = "alarm_email is a mail address."
  }
}

variable "github_repository" {
  description = "The repository whose workflow may deploy here, as GitHub names it in its tokens: owner/name, or owner@ID/name@ID for a repository made or renamed since 15 July 2026. No role is made for it if null."
  type        = string
  default     = null

  validation {
    # No name has an @ in it, and what has is an ID: so no other repository is called that. One that is made later under the same
    # names has other IDs.
    condition     = var.github_repository == null || can(regex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+|@[0-9]+/[A-Za-z0-9_.-]+@[0-9]+)$", var.github_repository))
    error_message = "github_repository is owner/name or owner@ID/name@ID, without wildcards."
  }
}

variable "github_oidc_provider_arn" {
  description = "GitHub's identity provider in this account, where it has one already: there can be only one. Made here if null."
  type        = string
  default     = null

  validation {
    condition     = var.github_oidc_provider_arn == null || can(regex(":oidc-provider/token\\.actions\\.githubusercontent\\.com$", var.github_oidc_provider_arn))
    error_message = "github_oidc_provider_arn ends with :oidc-provider/token.actions.githubusercontent.com."
  }
}
