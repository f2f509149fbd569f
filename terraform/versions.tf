terraform {
  # 1.11 for write-only arguments and for the lock file of the S3 backend.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.25"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }

  # terraform init -backend-config="bucket=…"; one bucket per environment, or another key beside it.
  backend "s3" {
    key          = "messenger/terraform.tfstate"
    region       = "us-west-2"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.aws_region

  default_tags {
    tags = {
      Application = var.app_name
      Environment = var.environment
      ManagedBy   = "terraform"
    }
  }
}

data "aws_caller_identity" "current" {}

locals {
  name    = "${var.app_name}-${var.environment}"
  is_prod = var.environment == "prod"
}

# Remembers which environment this state is of, and whether it began with a domain. A plan for another one, or one whose variables
# were forgotten, is refused by the VPC before it replaces everything or takes HTTPS away.
resource "terraform_data" "environment" {
  input = {
    name       = var.environment
    has_domain = local.has_tls
  }

  lifecycle {
    ignore_changes = [input]
  }
}
