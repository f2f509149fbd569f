// What the configuration promises to people and to whoever pays for it. Each promise comes with changes that would break it, and is
// held to notice them.
import { resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { asBody, at, blocks, isBody, plain, read, type Body, type Declaration } from "./Configuration.ts"
import { filesOf } from "./files.ts"

const files = filesOf(resolve(import.meta.dirname, "../../terraform"))
const byFile = new Map<string, ReadonlyArray<Declaration>>()
for (const [file, text] of Object.entries(files)) byFile.set(file, await read({ [file]: text }))
const declarations = [...byFile.values()].flat()

interface Promised {
  readonly sentence: string
  /** What of the configuration the promise is about. */
  readonly seen: (all: ReadonlyArray<Declaration>) => unknown
  readonly promised: unknown
  /** File, a part of it, and what would break the promise in its place. */
  readonly breaks: ReadonlyArray<readonly [file: string, part: string, instead: string]>
}

const first = (body: Body, name: string): Body => asBody(blocks(body, name)[0])

/** The named arguments of a block. */
const some = (body: Body, ...names: ReadonlyArray<string>) =>
  Object.fromEntries(names.map((name) => [name, body[name]]))

const valueAt = (all: ReadonlyArray<Declaration>, address: string) =>
  all.find((declaration) => declaration.address === address)?.body

/** Each rule of a security group, as a sentence. */
const rulesOf = (all: ReadonlyArray<Declaration>): ReadonlyArray<string> =>
  all
    .filter(({ type }) => /^aws_vpc_security_group_(in|e)gress_rule$|^aws_security_group_rule$/.test(type))
    .map(({ type, body }) => {
      const rule = asBody(body)
      const own = plain(rule["security_group_id"])
      const other = plain(rule["referenced_security_group_id"] ?? rule["cidr_ipv4"])
      const ports = [rule["from_port"], rule["to_port"]].map(plain)
      const way = type.includes("ingress") ? `${other} to ${own}` : `${own} to ${other}`
      const port = ports[0] === ports[1] ? ports[0] : ports.join("-")
      return `${type.includes("ingress") ? "in" : "out"}: ${way} at ${plain(rule["ip_protocol"])} ${port}`
        .replaceAll(/\$\{aws_security_group\.(\w+)\.id\}/g, "$1")
        .replaceAll(/\$\{(?:var\.|tonumber\()?([^}]*?)\)?\}/g, "$1")
    })
    .toSorted()

const blocksOfGroups = (all: ReadonlyArray<Declaration>): ReadonlyArray<string> =>
  all
    .filter(({ type }) => /^aws_(default_)?security_group$/.test(type))
    .flatMap(({ body }) => Object.keys(asBody(body)).filter((name) => name === "ingress" || name === "egress"))

const promises: ReadonlyArray<Promised> = [
  {
    sentence:
      "nothing that people wrote in prod goes with a plan: it is protected, kept for days, and leaves a snapshot",
    seen: (all) => [
      valueAt(all, "local.is_prod"),
      some(
        at(all, "aws_db_instance.main"),
        "deletion_protection",
        "skip_final_snapshot",
        "delete_automated_backups",
        "backup_retention_period"
      ),
      some(at(all, "aws_lb.main"), "enable_deletion_protection"),
      some(at(all, "aws_ecr_repository.app"), "force_delete"),
      some(at(all, "aws_secretsmanager_secret.server"), "recovery_window_in_days")
    ],
    promised: [
      '${var.environment == "prod"}',
      {
        deletion_protection: "${local.is_prod}",
        skip_final_snapshot: "${!local.is_prod}",
        delete_automated_backups: "${!local.is_prod}",
        backup_retention_period: "${local.is_prod ? 14 : 3}"
      },
      { enable_deletion_protection: "${local.is_prod}" },
      { force_delete: "${!local.is_prod}" },
      { recovery_window_in_days: "${local.is_prod ? 30 : 0}" }
    ],
    breaks: [
      ["database.tf", "deletion_protection       = local.is_prod", "deletion_protection       = false"],
      ["database.tf", "skip_final_snapshot       = !local.is_prod", "skip_final_snapshot       = true"],
      ["load_balancer.tf", "enable_deletion_protection = local.is_prod", ""],
      ["versions.tf", 'var.environment == "prod"', 'var.environment == "production"']
    ]
  },
  {
    sentence: "a plan for another environment is refused, and one that has lost the domain",
    seen: (all) => [
      some(at(all, "terraform_data.environment"), "input", "lifecycle"),
      blocks(first(at(all, "aws_vpc.main"), "lifecycle"), "precondition").map(({ condition }) => condition)
    ],
    promised: [
      {
        input: { name: "${var.environment}", has_domain: "${local.has_tls}" },
        lifecycle: [{ ignore_changes: ["${input}"] }]
      },
      [
        "${terraform_data.environment.output.name == var.environment}",
        "${local.has_tls || !terraform_data.environment.output.has_domain}"
      ]
    ],
    breaks: [
      ["versions.tf", "ignore_changes = [input]", "ignore_changes = []"],
      ["network.tf", "terraform_data.environment.output.name == var.environment", "true"],
      ["network.tf", "local.has_tls || !terraform_data.environment.output.has_domain", "true"]
    ]
  },
  {
    sentence: "with a domain, plain HTTP leads to HTTPS and nowhere else",
    seen: (all) => blocks(at(all, "aws_lb_listener.http"), "default_action"),
    promised: [
      {
        type: '${local.has_tls ? "redirect" : "forward"}',
        target_group_arn: "${local.has_tls ? null : aws_lb_target_group.app.arn}",
        dynamic: {
          redirect: [
            {
              for_each: "${local.has_tls ? [443] : []}",
              content: [{ protocol: "HTTPS", port: "${tostring(redirect.value)}", status_code: "HTTP_301" }]
            }
          ]
        }
      }
    ],
    breaks: [
      ["load_balancer.tf", 'local.has_tls ? "redirect" : "forward"', '"forward"'],
      ["load_balancer.tf", "local.has_tls ? null : aws_lb_target_group.app.arn", "aws_lb_target_group.app.arn"],
      ["load_balancer.tf", 'protocol    = "HTTPS"', 'protocol    = "HTTP"']
    ]
  },
  {
    sentence: "a plan never brings an older image or revision back than was deployed",
    seen: (all) => [
      first(at(all, "aws_ssm_parameter.image"), "lifecycle"),
      at(all, "local.container")["image"],
      some(at(all, "aws_ecs_task_definition.app"), "track_latest", "skip_destroy"),
      some(at(all, "aws_ecr_repository.app"), "image_tag_mutability")
    ],
    promised: [
      { ignore_changes: ["${insecure_value}"] },
      "${aws_ssm_parameter.image.insecure_value}",
      { track_latest: true, skip_destroy: true },
      { image_tag_mutability: "IMMUTABLE" }
    ],
    breaks: [
      ["image.tf", "ignore_changes = [insecure_value]", "ignore_changes = []"],
      ["service.tf", "aws_ssm_parameter.image.insecure_value", "var.app_image"],
      ["service.tf", "track_latest = true", "track_latest = false"]
    ]
  },
  {
    sentence: "people are sent only to a server that says that it is ready",
    seen: (all) =>
      some(first(at(all, "aws_lb_target_group.app"), "health_check"), "path", "port", "protocol", "matcher"),
    promised: { path: "/readyz", port: "traffic-port", protocol: "HTTP", matcher: "200" },
    breaks: [["load_balancer.tf", '"200"', '"200-599"']]
  },
  {
    sentence: "a server that is not there raises an alarm by the numbers that are missing, and a quiet one raises none",
    seen: (all) => [
      at(all, "aws_cloudwatch_metric_alarm.app")["treat_missing_data"],
      at(all, "aws_cloudwatch_metric_alarm.app")["alarm_actions"],
      Object.entries(at(all, "local.alarms"))
        .filter(([, alarm]) => !isBody(alarm) || alarm["missing"] !== "notBreaching")
        .map(([name, alarm]) => `${name}: ${plain(asBody(alarm)["missing"])}`)
    ],
    promised: [
      "${each.value.missing}",
      ["${aws_sns_topic.alarms.arn}"],
      ["no-healthy-host: breaching", "no-task: breaching"]
    ],
    breaks: [
      ["alarms.tf", 'missing = "breaching"', 'missing = "notBreaching"'],
      ["alarms.tf", "each.value.missing", '"notBreaching"'],
      ["alarms.tf", 'periods = 1, missing = "notBreaching"', 'periods = 1, missing = "breaching"'],
      ["alarms.tf", "alarm_actions       = [aws_sns_topic.alarms.arn]", "alarm_actions       = []"]
    ]
  },
  {
    sentence: "the load balancer reaches the world, and the task gets out, each by the way of its subnets",
    seen: (all) =>
      ["internet", "nat"]
        .map((name) => some(at(all, `aws_route.${name}`), "route_table_id", "destination_cidr_block"))
        .concat(["internet", "nat"].map((name) => some(at(all, `aws_route.${name}`), "gateway_id", "nat_gateway_id")))
        .concat(
          ["public", "private"].map((name) =>
            some(at(all, `aws_route_table_association.${name}`), "subnet_id", "route_table_id")
          )
        )
        .concat(
          some(at(all, "aws_nat_gateway.main"), "subnet_id"),
          some(at(all, "aws_lb.main"), "subnets", "depends_on")
        ),
    promised: [
      { route_table_id: "${aws_route_table.public.id}", destination_cidr_block: "0.0.0.0/0" },
      { route_table_id: "${aws_route_table.private.id}", destination_cidr_block: "0.0.0.0/0" },
      { gateway_id: "${aws_internet_gateway.main.id}" },
      { nat_gateway_id: "${aws_nat_gateway.main.id}" },
      { subnet_id: "${aws_subnet.public[count.index].id}", route_table_id: "${aws_route_table.public.id}" },
      { subnet_id: "${aws_subnet.private[count.index].id}", route_table_id: "${aws_route_table.private.id}" },
      { subnet_id: "${aws_subnet.public[0].id}" },
      {
        subnets: "${aws_subnet.public[*].id}",
        // AWS refuses a load balancer where there is no internet gateway yet.
        depends_on: ["${aws_internet_gateway.main}", "${aws_route.internet}", "${aws_route_table_association.public}"]
      }
    ],
    breaks: [
      [
        "network.tf",
        'destination_cidr_block = "0.0.0.0/0"\n  gateway_id',
        'destination_cidr_block = "1.1.1.1/32"\n  gateway_id'
      ],
      ["network.tf", 'destination_cidr_block = "0.0.0.0/0"\n  nat', 'destination_cidr_block = "1.1.1.1/32"\n  nat'],
      ["load_balancer.tf", "    aws_internet_gateway.main,\n", ""]
    ]
  },
  {
    sentence:
      "the world speaks to the load balancer, it to the task, the task to the database, and nobody else to anybody",
    seen: (all) => [rulesOf(all), blocksOfGroups(all), at(all, "aws_db_instance.main")["vpc_security_group_ids"]],
    promised: [
      [
        "in: alb to ecs at tcp app_port",
        "in: each.value to alb at tcp 443",
        "in: each.value to alb at tcp 80",
        "in: ecs to rds at tcp 5432",
        "out: alb to ecs at tcp app_port",
        "out: ecs to 0.0.0.0/0 at tcp each.value",
        "out: ecs to rds at tcp 5432"
      ],
      [],
      ["${aws_security_group.rds.id}"]
    ],
    breaks: [
      [
        "network.tf",
        'description                  = "The server"\n  referenced_security_group_id = aws_security_group.ecs.id\n  ip_protocol                  = "tcp"\n  from_port                    = 5432',
        'description                  = "The server"\n  referenced_security_group_id = aws_security_group.alb.id\n  ip_protocol                  = "tcp"\n  from_port                    = 5432'
      ],
      ["database.tf", "[aws_security_group.rds.id]", "[aws_security_group.rds.id, aws_security_group.alb.id]"],
      [
        "network.tf",
        'description = "The database"\n',
        'description = "The database"\n  ingress {\n    from_port = 0\n  }\n'
      ]
    ]
  },
  {
    sentence: "the server's own secrets are named with their version, so that a new one starts a new task",
    seen: (all) => /^\s*name => "(.*)"$/m.exec(plain(valueAt(all, "local.secrets")))?.[1],
    promised: "${aws_secretsmanager_secret.server[name].arn}:::${version.version_id}",
    breaks: [
      ["secrets.tf", ":::${version.version_id}", "::AWSCURRENT:"],
      ["secrets.tf", ":::${version.version_id}", ""]
    ]
  },
  {
    sentence:
      "nobody is believed to be a proxy but who speaks from the VPC, whose addresses are private, whatever is set",
    seen: (all) => [
      at(all, "local.own_environment")["TRUSTED_PROXIES"],
      valueAt(all, "local.environment"),
      at(all, "local.container")["environment"],
      blocks(at(all, "var.vpc_cidr"), "validation").map(({ condition }) => condition),
      at(all, "aws_vpc.main")["cidr_block"],
      at(all, "aws_lb.main")["xff_header_processing_mode"]
    ],
    promised: [
      "${var.vpc_cidr}",
      "${merge(var.app_settings, local.own_environment)}",
      "${[for name, value in local.environment : { name = name, value = value }]}",
      [
        '${can(cidrhost(var.vpc_cidr, 0)) && can(regex("/(1[6-9]|2[0-2])$", var.vpc_cidr))}',
        '${can(regex("^(10\\\\.|172\\\\.(1[6-9]|2[0-9]|3[01])\\\\.|192\\\\.168\\\\.)", var.vpc_cidr))}'
      ],
      "${var.vpc_cidr}",
      "append"
    ],
    breaks: [
      ["service.tf", "TRUSTED_PROXIES = var.vpc_cidr", 'TRUSTED_PROXIES = "0.0.0.0/0"'],
      [
        "service.tf",
        "merge(var.app_settings, local.own_environment)",
        "merge(local.own_environment, var.app_settings)"
      ],
      ["load_balancer.tf", '"append"', '"preserve"']
    ]
  }
]

describe("the promises", () => {
  it.each(promises)("$sentence", async ({ seen, promised, breaks }) => {
    expect(seen(declarations)).toEqual(promised)
    for (const [file, part, instead] of breaks) {
      const text = files[file] ?? ""
      expect(text).toContain(part)
      const changed = await read({ [file]: text.replace(part, () => instead) })
      const broken = [...new Map(byFile).set(file, changed).values()].flat()
      expect(seen(broken), `${part} as ${instead}`).not.toEqual(promised)
    }
  })
})
