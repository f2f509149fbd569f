resource "aws_ecr_repository" "app" {
  name                 = local.name
  image_tag_mutability = "IMMUTABLE"
  force_delete         = !local.is_prod

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "AES256"
  }
}

data "aws_ecr_lifecycle_policy_document" "app" {
  rule {
    priority    = 1
    description = "What lost its tag, or never had one"

    selection {
      tag_status   = "untagged"
      count_type   = "sinceImagePushed"
      count_unit   = "days"
      count_number = 14
    }

    action {
      type = "expire"
    }
  }

  rule {
    priority    = 2
    description = "All but the last fifty versions"

    selection {
      tag_status       = "tagged"
      tag_pattern_list = ["*"]
      count_type       = "imageCountMoreThan"
      count_number     = 50
    }

    action {
      type = "expire"
    }
  }
}

resource "aws_ecr_lifecycle_policy" "app" {
  repository = aws_ecr_repository.app.name
  policy     = data.aws_ecr_lifecycle_policy_document.app.json
}

# Which image runs. Whoever deploys writes it here, a workflow or a person; a plan reads it and so never brings an older one back.
resource "aws_ssm_parameter" "image" {
  name           = "/${local.name}/image"
  description    = "The image that the service runs"
  type           = "String"
  insecure_value = coalesce(var.app_image, "${aws_ecr_repository.app.repository_url}:first")

  lifecycle {
    ignore_changes = [insecure_value]
  }
}
