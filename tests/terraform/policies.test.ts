// Who may do what in the account.
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { asBody, at, blocks, isList, plain, read, type Body } from "./Configuration.ts"
import { filesOf } from "./files.ts"

const root = resolve(import.meta.dirname, "../..")
const declarations = await read(filesOf(resolve(root, "terraform")))

const statementsOf = (name: string): ReadonlyArray<Body> =>
  blocks(at(declarations, `data.aws_iam_policy_document.${name}`), "statement")

const textsIn = (statement: Body, argument: string): ReadonlyArray<string> => {
  const value = statement[argument]
  return isList(value) ? value.map(plain) : value === undefined ? [] : [JSON.stringify(value)]
}

const all = declarations
  .filter(({ type }) => type === "aws_iam_policy_document")
  .flatMap(({ address, body }) => blocks(asBody(body), "statement").map((statement) => ({ address, statement })))

/** What AWS can limit to no resource, by its own reference of actions; two of them write, and PassRoles bounds what they are good for. */
const withoutResource = ["ecr:GetAuthorizationToken", "ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"]

describe("the policies", () => {
  it("name every action in full", () => {
    const actions = all.flatMap(({ statement }) => textsIn(statement, "actions"))
    expect(actions.length).toBeGreaterThan(15)
    expect(actions.filter((action) => !/^[a-z]+:[A-Z][A-Za-z]+$/.test(action))).toEqual([])
  })

  it("grant what is granted on everything only where AWS knows no resource for it", () => {
    const onAll = all
      .filter(({ statement }) => textsIn(statement, "resources").some((resource) => resource === "*"))
      .flatMap(({ statement }) => textsIn(statement, "actions"))
    expect([...new Set(onAll)].toSorted()).toEqual(withoutResource)
    const written = all.flatMap(({ statement }) => textsIn(statement, "resources"))
    expect(written.filter((resource) => resource !== "*" && !/^["[]?\$\{.*\}(:\*)?"?$/.test(resource))).toEqual([])
  })

  it("deny nothing and except nothing, so that what is not named is not allowed", () => {
    const others = all.flatMap(({ statement }) => Object.keys(statement))
    expect([...new Set(others)].toSorted()).toEqual(["actions", "condition", "principals", "resources", "sid"])
  })

  it("let the server itself do nothing in AWS", () => {
    const grants = declarations.filter(({ body }) => JSON.stringify(body).includes("aws_iam_role.task."))
    expect(grants.map(({ address }) => address).toSorted()).toEqual([
      "aws_ecs_task_definition.app",
      "data.aws_iam_policy_document.deploy"
    ])
  })

  it("let whoever starts the task read its secrets and no others", () => {
    const reading = all.filter(({ statement }) =>
      textsIn(statement, "actions").some((action) => action.startsWith("secretsmanager:"))
    )
    expect(reading).toHaveLength(1)
    expect(reading[0]?.statement["actions"]).toEqual(["secretsmanager:GetSecretValue"])
    expect(reading[0]?.statement["resources"]).toBe(
      "${concat(values(aws_secretsmanager_secret.server)[*].arn, [local.database_secret_arn])}"
    )
  })

  it("let a workflow deploy that is of the repository and in the environment, and nobody else", () => {
    const [assume, ...others] = statementsOf("deploy_assume")
    expect(others).toEqual([])
    const conditions = blocks(asBody(assume), "condition")
    expect(conditions).toEqual([
      { test: "StringEquals", variable: "token.actions.githubusercontent.com:aud", values: ["sts.amazonaws.com"] },
      {
        test: "StringEquals",
        variable: "token.actions.githubusercontent.com:sub",
        values: ["repo:${var.github_repository}:environment:${var.environment}"]
      }
    ])
  })

  it("know the repository by either form of GitHub's subject, and by no pattern", () => {
    const [validation, ...others] = blocks(at(declarations, "var.github_repository"), "validation")
    expect(others).toEqual([])
    const [, written = ""] =
      /^\$\{var\.github_repository == null \|\| can\(regex\("(.+)", var\.github_repository\)\)\}$/.exec(
        plain(validation?.["condition"])
      ) ?? []
    const isAccepted = (name: string) => new RegExp(written).test(name)
    // https://docs.github.com/en/actions/reference/security/oidc, and what a careless or hostile hand would write.
    expect(["octo-org/octo.repo_1", "octo-org@123456/octo.repo_1@456789"].filter((name) => !isAccepted(name))).toEqual(
      []
    )
    expect(
      [
        "octo-org",
        "octo-org/*",
        "octo-org@*/octo-repo@*",
        "octo-org@123456/octo-repo",
        "octo-org/octo-repo@456789",
        "octo-org@id/octo-repo@id",
        "octo-org/octo-rep?",
        "octo-org/octo-repo:environment:prod",
        "repo:octo-org/octo-repo",
        "octo-org/octo-repo/more"
      ].filter(isAccepted)
    ).toEqual([])
  })

  it("let it run tasks as the two roles of the service, by ECS alone", () => {
    const passing = all.filter(({ statement }) => textsIn(statement, "actions").includes("iam:PassRole"))
    expect(passing).toHaveLength(1)
    expect(passing[0]?.statement["resources"]).toEqual(["${aws_iam_role.execution.arn}", "${aws_iam_role.task.arn}"])
    expect(blocks(asBody(passing[0]?.statement), "condition")).toEqual([
      { test: "StringEquals", variable: "iam:PassedToService", values: ["ecs-tasks.amazonaws.com"] }
    ])
  })
})

describe("the workflow that deploys", () => {
  const text = readFileSync(resolve(root, "tools/deploy.mjs"), "utf8")
  const workflow = readFileSync(resolve(root, ".github/workflows/deploy.yml"), "utf8")

  it("asks AWS for nothing that its role may not do", () => {
    const asked = [...text.matchAll(/"(ecs|ecr|ssm)", "([a-z]+(?:-[a-z]+)+)"/g)].map(
      ([, service, command = ""]) =>
        `${service}:${command.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`
    )
    expect(asked.length).toBeGreaterThanOrEqual(4)
    const granted = new Set(statementsOf("deploy").flatMap((statement) => textsIn(statement, "actions")))
    expect(asked.filter((action) => !granted.has(action))).toEqual([])
  })

  it("is told by its environment what this configuration puts out", () => {
    const read = [...workflow.matchAll(/vars\.([A-Z_]+)/g)].map(([, name = ""]) => `output.${name.toLowerCase()}`)
    expect(read.length).toBeGreaterThanOrEqual(5)
    expect(read.filter((address) => !declarations.some((each) => each.address === address))).toEqual([])
  })

  it("goes to the environments that there are", () => {
    const [, options = ""] = /options: \[([^\]]+)\]/.exec(workflow) ?? []
    expect(JSON.stringify(at(declarations, "var.environment"))).toContain(
      JSON.stringify(`\${contains(${JSON.stringify(options.split(", ")).replaceAll(",", ", ")}, var.environment)}`)
    )
  })
})
