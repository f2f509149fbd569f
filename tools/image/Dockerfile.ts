// A Dockerfile as data: its stages, and in each what is done, in order.
import {
  type Copy,
  type Env,
  type From,
  type Instruction,
  type ModifiableInstruction,
  DockerfileParser
} from "dockerfile-ast"

/** One instruction, as the builder carries it out. */
export type Step =
  | { readonly kind: "workdir"; readonly path: string; readonly line: string }
  | { readonly kind: "env"; readonly values: ReadonlyMap<string, string>; readonly line: string }
  | { readonly kind: "user"; readonly user: string; readonly line: string }
  | {
      readonly kind: "copy"
      /** The stage that it is copied from; undefined for the folder of the build. */
      readonly from: string | undefined
      readonly chown: string | undefined
      readonly sources: ReadonlyArray<string>
      readonly destination: string
      readonly line: string
    }
  | { readonly kind: "run"; readonly command: string; readonly caches: ReadonlyArray<string>; readonly line: string }
  /** It says something about the image and changes no file of it. */
  | { readonly kind: "metadata"; readonly line: string }

/** One stage. `base` is an image, or the name of an earlier stage. */
export interface Stage {
  readonly name: string
  readonly base: string
  readonly steps: ReadonlyArray<Step>
}

/** What the last stage says about containers. */
export interface ContainerConfig {
  readonly command: ReadonlyArray<string>
  readonly healthCheck: ReadonlyArray<string>
  readonly volumes: ReadonlyArray<string>
}

/** Reads the stages of a Dockerfile; throws when it holds an instruction that is not known here. */
export const stagesOf = (text: string): ReadonlyArray<Stage> => {
  const stages: Array<{ name: string; base: string; steps: Array<Step> }> = []
  const parsed = DockerfileParser.parse(text)
  const froms = new Map<Instruction, From>(parsed.getFROMs().map((from) => [from, from]))
  const copies = new Map<Instruction, Copy>(parsed.getCOPYs().map((copy) => [copy, copy]))
  const envs = new Map<Instruction, Env>(parsed.getENVs().map((env) => [env, env]))
  for (const instruction of parsed.getInstructions()) {
    const from = froms.get(instruction)
    if (from !== undefined) {
      stages.push({ name: from.getBuildStage() ?? `${stages.length}`, base: from.getImage() ?? "", steps: [] })
      continue
    }
    stages.at(-1)?.steps.push(stepOf(instruction, copies.get(instruction), envs.get(instruction)))
  }
  return stages
}

const stepOf = (instruction: Instruction, copy: Copy | undefined, env: Env | undefined): Step => {
  const keyword = instruction.getKeyword()
  const content = (instruction.getRawArgumentsContent() ?? "").replaceAll(/\\\r?\n\s*/g, "")
  const line = `${keyword} ${content}`
  if (copy !== undefined) {
    const paths = copy.getArguments().map((argument) => argument.getValue())
    return {
      kind: "copy",
      from: flagOf(copy, "from"),
      chown: flagOf(copy, "chown"),
      sources: paths.slice(0, -1),
      destination: paths.at(-1) ?? "",
      line
    }
  }
  if (env !== undefined) {
    const values = env
      .getProperties()
      .map((property): [string, string] => [property.getName(), property.getValue() ?? ""])
    return { kind: "env", values: new Map(values), line }
  }
  if (keyword === "WORKDIR") return { kind: "workdir", path: content, line }
  if (keyword === "USER") return { kind: "user", user: content, line }
  if (keyword === "RUN") {
    const flags = /^(?:--\S+\s+)*/.exec(content)?.[0] ?? ""
    const caches = [...flags.matchAll(/--mount=type=cache,target=(\S+)/g)].map(([, target]) => target ?? "")
    return { kind: "run", command: content.slice(flags.length), caches, line }
  }
  if (metadata.has(keyword)) return { kind: "metadata", line }
  throw new Error(`Nobody has taught this reader ${keyword}.`)
}

const metadata = new Set(["ARG", "CMD", "EXPOSE", "HEALTHCHECK", "LABEL", "STOPSIGNAL", "VOLUME"])

const flagOf = (instruction: ModifiableInstruction, name: string): string | undefined =>
  instruction
    .getFlags()
    .find((flag) => flag.getName() === name)
    ?.getValue() ?? undefined

/** What containers of the last stage run, how their health is asked for, and where they keep what must stay. */
export const containerConfigOf = ({ steps }: Stage): ContainerConfig => {
  const last = (keyword: string) => steps.findLast(({ line }) => line.startsWith(`${keyword} `))?.line ?? ""
  return {
    command: execForm(last("CMD")),
    healthCheck: execForm(last("HEALTHCHECK")),
    volumes: last("VOLUME").split(/\s+/).slice(1)
  }
}

const execForm = (line: string): ReadonlyArray<string> => {
  const parsed: unknown = JSON.parse(/\[.*\]$/.exec(line)?.[0] ?? "[]")
  if (Array.isArray(parsed)) return parsed.map(String)
  return []
}
