// The calls of the contract as JSON Schema (2020-12), for those who write a client in another language. Made from the contract, never by
// hand; `docs/rpc.schema.json` is this document.
import { Context, Schema } from "effect"
import type { Rpc } from "effect/rpc"
import { isStreamSchema } from "effect/rpc/RpcSchema"
import { contractVersion } from "./Handshake.ts"
import { MessengerRpcs } from "./MessengerRpcs.ts"
import { Needs } from "./Rights.ts"

/** The whole of `docs/rpc.schema.json`. */
export const document = (): string => {
  const definitions: Record<string, unknown> = {}
  const schemaOf = (schema: Schema.Constraint): unknown => {
    const { definitions: found, schema: own } = Schema.toJsonSchemaDocument(schema)
    Object.assign(definitions, found)
    return own
  }
  const calls = [...MessengerRpcs.requests.values()].map((rpc: Rpc.AnyWithProps) => {
    const stream = isStreamSchema(rpc.successSchema) ? rpc.successSchema : undefined
    const refusals = [
      ...(stream === undefined ? [] : [stream.error]),
      rpc.errorSchema,
      ...[...rpc.middlewares].map(({ error }) => error)
    ].map(schemaOf)
    return [
      rpc._tag,
      {
        right: Context.get(rpc.annotations, Needs) ?? null,
        payload: schemaOf(rpc.payloadSchema),
        // A stream answers values of this shape in chunks, and ends with null.
        answers: stream === undefined ? "once" : "stream",
        value: schemaOf(stream?.success ?? rpc.successSchema),
        error: { anyOf: refusals.filter((refusal) => !isNever(refusal)) }
      }
    ] as const
  })
  return `${JSON.stringify(
    {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $comment: "Made from the contract by `npm run docs:calls`.",
      contract: contractVersion,
      calls: Object.fromEntries(calls),
      $defs: definitions
    },
    null,
    1
  )}\n`
}

const isNever = (schema: unknown): boolean => typeof schema === "object" && schema !== null && "not" in schema
