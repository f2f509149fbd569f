// What the walk over a configuration finds. Each fixture is a sound configuration with one thing broken.
import { describe, expect, it } from "vitest"
import { readAll } from "./Configuration.ts"
import { faultsOf } from "./faults.ts"

const sound = `
variable "name" {
  type = string
}

variable "is_public" {
  type = bool
}

locals {
  ports  = { http = 80, https = 443 }
  labels = [for name, port in local.ports : "\${var.name}-\${name}-\${port}"]
}

data "cloud_zones" "all" {}

resource "cloud_network" "main" {
  count = 2
  zone  = data.cloud_zones.all.names[count.index]
}

resource "cloud_address" "main" {
  count = var.is_public ? 1 : 0
}

resource "cloud_record" "main" {
  count   = var.is_public ? 1 : 0
  address = cloud_address.main[0].ip
  labels  = local.labels
}

resource "cloud_rule" "each" {
  for_each = local.ports
  network  = cloud_network.main[1].id
  port     = each.value

  dynamic "log" {
    for_each = var.is_public ? [1] : []

    content {
      level = log.value
    }
  }
}

output "rules" {
  value = [for rule in cloud_rule.each : rule.id]
}

output "http_rule" {
  value = cloud_rule.each["http"].id
}

output "address" {
  value = one(cloud_address.main[*].ip)
}
`

const faultsAfter = async (part: string, instead: string): Promise<ReadonlyArray<string>> => {
  expect(sound).toContain(part)
  return faultsOf(await readAll({ "main.tf": sound.replace(part, instead) }))
}

describe("the walk over a configuration", () => {
  it("finds nothing in a sound one", async () => {
    expect(faultsOf(await readAll({ "main.tf": sound }))).toEqual([])
  })

  it.each([
    [
      "a variable that is gone",
      'variable "name" {\n  type = string\n}',
      "",
      "local.labels refers to var.name, which is not declared"
    ],
    [
      "a local that is misspelt",
      "local.labels\n",
      "local.label\n",
      "cloud_record.main refers to local.label, which is not declared"
    ],
    ["what only a for yields", "${port}", "${local.gone}", "local.labels refers to local.gone, which is not declared"],
    [
      "a data source that is gone",
      'data "cloud_zones" "all" {}',
      "",
      "cloud_network.main refers to data.cloud_zones.all, which is not declared"
    ],
    [
      "a resource that is misnamed in an output",
      "in cloud_rule.each",
      "in cloud_rules.each",
      "output.rules refers to cloud_rules.each, which is not declared"
    ],
    [
      "a number past the count",
      "main[1]",
      "main[2]",
      "cloud_rule.each takes number 2 of cloud_network.main, which are 2"
    ],
    [
      "no number where there are many",
      "main[1].id",
      "main.id",
      "cloud_rule.each takes id of cloud_network.main, which are many"
    ],
    [
      "a number where there is one",
      "all.names[",
      "all[0].names[",
      "cloud_network.main takes one of data.cloud_zones.all, which is one"
    ],
    [
      "a number where there are keys",
      '["http"]',
      "[0]",
      "output.http_rule takes cloud_rule.each by a number, and its instances have keys"
    ],
    [
      "what may be absent",
      "one(cloud_address.main[*].ip)",
      "cloud_address.main[0].ip",
      "output.address takes cloud_address.main[0], which may be absent"
    ],
    [
      "what is there under another condition",
      "count   = var.is_public ? 1 : 0",
      "count   = var.is_public ? 0 : 1",
      "cloud_record.main takes cloud_address.main[0], which may be absent"
    ],
    [
      "each without for_each",
      "for_each = local.ports\n",
      "count = length(local.ports)\n",
      "cloud_rule.each uses each without for_each"
    ],
    ["count without count", "count = 2\n", "", "cloud_network.main uses count.index without count"],
    [
      "the iterator of a block that is not there",
      "log.value",
      "logs.value",
      "cloud_rule.each refers to logs.value, which is not declared"
    ]
  ])("finds %s", async (_, part, instead, fault) => {
    expect(await faultsAfter(part, instead)).toContain(fault)
  })

  it.each([
    ["a variable", 'output "address"', 'variable "spare" {}\noutput "address"', "var.spare is never used"],
    ["a local", "locals {", "locals {\n  spare = var.name", "local.spare is never used"],
    [
      "a data source",
      'data "cloud_zones"',
      'data "cloud_zones" "spare" {}\ndata "cloud_zones"',
      "data.cloud_zones.spare is never used"
    ]
  ])("finds %s that nobody uses", async (_, part, instead, fault) => {
    expect(await faultsAfter(part, instead)).toEqual([fault])
  })

  it("finds variables whose validations ask each other, which is a cycle, but not one that asks itself", async () => {
    const asking = (one: string, other: string) =>
      `variable "${one}" {\n  validation {\n    condition     = var.${one} || var.${other}\n    error_message = "x"\n  }\n}\n`
    const text = `${asking("a", "b")}${asking("b", "a")}`
    expect(faultsOf(await readAll({ "main.tf": text }))).toEqual(["var.a needs var.b needs var.a: a cycle"])
  })

  it("finds what is declared twice", async () => {
    expect(await faultsAfter("locals {", "locals {\n  labels = []\n}\nlocals {")).toContain(
      "local.labels is declared twice"
    )
  })

  it("ends with the parser's sentence where a file is no HCL", async () => {
    await expect(readAll({ "main.tf": 'resource "a" {' })).rejects.toThrow("main.tf")
  })
})
