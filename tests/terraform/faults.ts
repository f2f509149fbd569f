// What Terraform would refuse, and what nobody needs: references that lead nowhere, counts that do not fit, and what is declared
// and never used. Each fault is a sentence.
import { isBody, type Declaration, type Referring } from "./Configuration.ts"
import type { Use } from "./Expressions.ts"

/** All faults of a configuration, in the order of its files. */
export const faultsOf = (declarations: ReadonlyArray<Referring>): ReadonlyArray<string> => [
  ...twice(declarations),
  ...declarations.flatMap((declaration) =>
    declaration.uses.flatMap((use) =>
      faultOf(use, declaration, declarations).map((text) => `${declaration.address} ${text}`)
    )
  ),
  ...cycles(declarations),
  ...unused(declarations)
]

const twice = (declarations: ReadonlyArray<Referring>): ReadonlyArray<string> =>
  declarations
    .filter(
      ({ kind, address }, index) =>
        kind !== "other" && declarations.findIndex((other) => other.address === address) < index
    )
    .map(({ address }) => `${address} is declared twice`)

// A validation of a variable may ask the variable itself.
const cycles = (declarations: ReadonlyArray<Referring>): ReadonlyArray<string> => {
  const needs = new Map(
    declarations.map(({ address, uses }) => [
      address,
      uses.map((use) => use.address).filter((other) => other !== address)
    ])
  )
  const found: Array<string> = []
  const done = new Set<string>()
  const visit = (address: string, way: ReadonlyArray<string>) => {
    if (way.includes(address)) {
      found.push(`${[...way.slice(way.indexOf(address)), address].join(" needs ")}: a cycle`)
    } else if (!done.has(address)) {
      for (const next of needs.get(address) ?? []) visit(next, [...way, address])
      done.add(address)
    }
  }
  for (const { address } of declarations) visit(address, [])
  return found
}

const mayBeUnused = new Set(["resource", "output", "module", "other"])

const unused = (declarations: ReadonlyArray<Referring>): ReadonlyArray<string> =>
  declarations
    .filter(({ kind }) => !mayBeUnused.has(kind))
    .filter(
      ({ address }) =>
        !declarations.some((other) => other.address !== address && other.uses.some((use) => use.address === address))
    )
    .map(({ address }) => `${address} is never used`)

const faultOf = (use: Use, from: Declaration, declarations: ReadonlyArray<Declaration>): ReadonlyArray<string> => {
  const [root, name] = use.address.split(".")
  switch (root) {
    case "each":
      return argumentOf(from, "for_each") === undefined ? ["uses each without for_each"] : []
    case "count":
      return argumentOf(from, "count") === undefined ? ["uses count.index without count"] : []
    case "self":
    case "path":
    case "terraform":
      return []
  }
  if (isIterator(root, use))
    return name === "value" || name === "key" ? [] : [`uses ${use.address}, which its dynamic block has not`]
  const target = declarations.find(({ address }) => address === use.address)
  if (target === undefined) return [`refers to ${use.address}, which is not declared`]
  return isOne(target) ? indexOfOne(use) : indexOfMany(use, from, target, declarations)
}

// Inside `dynamic "x" { … }` the name x is its iterator.
const isIterator = (root: string | undefined, { path }: Use): boolean => {
  const index = path.indexOf("dynamic")
  return index >= 0 && path[index + 1] === root
}

const argumentOf = ({ body }: Declaration, name: string) => (isBody(body) ? body[name] : undefined)

const isInstanced = ({ kind }: Declaration) =>
  kind === "resource" || kind === "data" || kind === "ephemeral" || kind === "module"

const isOne = (target: Declaration): boolean =>
  !isInstanced(target) || (argumentOf(target, "count") === undefined && argumentOf(target, "for_each") === undefined)

// Variables and locals may be lists and maps; what is made once is none.
const indexOfOne = ({ address, by }: Use): ReadonlyArray<string> =>
  by === "whole" || /^(var|local)\./.test(address) ? [] : [`takes one of ${address}, which is one`]

const indexOfMany = (
  { address, by, attribute, path }: Use,
  from: Declaration,
  target: Declaration,
  declarations: ReadonlyArray<Declaration>
): ReadonlyArray<string> => {
  if (by === "whole") return attribute === undefined ? [] : [`takes ${attribute} of ${address}, which are many`]
  if (by === "splat" || by === "expression") return []
  const count = argumentOf(target, "count")
  const forEach = argumentOf(target, "for_each")
  if ("key" in by) {
    if (forEach === undefined) return [`takes ${address} by a key, and it is counted`]
    return isKey(by.key, JSON.stringify(forEach), declarations)
      ? []
      : [`takes ${by.key} of ${address}, which is none of its keys`]
  }
  if (count === undefined) return [`takes ${address} by a number, and its instances have keys`]
  if (typeof count === "number")
    return by.number < count ? [] : [`takes number ${by.number} of ${address}, which are ${count}`]
  // There may be none: whoever takes one is itself there under the same condition.
  const isGuarded = argumentOf(from, "count") === count || path[0] === "depends_on"
  if (by.number > 0) return [`takes number ${by.number} of ${address}, of which there is one at most`]
  return isGuarded ? [] : [`takes ${address}[0], which may be absent`]
}

const isKey = (key: string, forEach: string, declarations: ReadonlyArray<Declaration>): boolean => {
  const variable = declarations.find(({ address }) => forEach === `"\${${address}}"`)
  const text = variable === undefined ? forEach : JSON.stringify(variable.body)
  return new RegExp(`\\b${key}\\b`).test(text)
}
