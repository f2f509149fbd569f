import { Schema } from "effect"
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { readAll } from "./Configuration.ts"
import { filesOf } from "./files.ts"
import { Provider, schemaFaultsOf } from "./schema.ts"

const provider = Schema.decodeUnknownSync(Provider)(
  JSON.parse(readFileSync(resolve(import.meta.dirname, "provider-schema.json"), "utf8"))
)
const files = filesOf(resolve(import.meta.dirname, "../../terraform"))
const declarations = await readAll(files)

const faultsAfter = async (file: string, part: string, instead: string): Promise<ReadonlyArray<string>> => {
  const text = files[file] ?? ""
  expect(text).toContain(part)
  return schemaFaultsOf(await readAll({ [file]: text.replace(part, instead) }), provider.types, "aws_")
}

describe("the schema of the AWS provider", () => {
  it("has every argument, block and attribute that is used, and gets all that it needs", () => {
    expect(schemaFaultsOf(declarations, provider.types, "aws_")).toEqual([])
  })

  it("is of the version that is asked for at least", () => {
    const [, minor] = /^hashicorp\/aws 6\.(\d+)\./.exec(provider.provider) ?? []
    expect(files["versions.tf"]).toContain(`version = "~> 6.${minor}"`)
  })

  it.each([
    [
      "a misspelt argument",
      "database.tf",
      "storage_encrypted ",
      "storage_encryption ",
      "aws_db_instance.main has no storage_encryption"
    ],
    [
      "a misspelt argument in a block",
      "load_balancer.tf",
      "matcher ",
      "match ",
      "aws_lb_target_group.app.health_check has no match"
    ],
    [
      "a block that is written as an argument",
      "service.tf",
      "volume {",
      "volume = {",
      "aws_ecs_task_definition.app.volume is a block"
    ],
    ["an argument that is written as a block", "network.tf", "tags = {", "tags {", "aws_vpc.main.tags is no block"],
    [
      "an argument that is missing",
      "alarms.tf",
      "  endpoint  = var.alarm_email\n",
      "",
      "aws_sns_topic_subscription.mail needs endpoint"
    ],
    [
      "a dynamic block that there is not",
      "load_balancer.tf",
      'dynamic "redirect"',
      'dynamic "redirects"',
      "aws_lb_listener.http.default_action has no block redirects"
    ],
    [
      "a misspelt attribute",
      "outputs.tf",
      "aws_lb.main.dns_name",
      "aws_lb.main.dns",
      "output.alb_dns_name takes dns of aws_lb.main, which has none"
    ],
    [
      "a type that nobody has read",
      "image.tf",
      'resource "aws_ecr_repository" "app"',
      'resource "aws_ecr_repositories" "app"',
      "aws_ecr_repositories.app is of a type that is not known"
    ]
  ])("shows %s", async (_, file, part, instead, fault) => {
    expect(await faultsAfter(file, part, instead)).toContain(fault)
  })
})
