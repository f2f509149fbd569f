// The OpenAPI document of a server, as far as tests walk it.
import { Effect, Schema } from "effect"
import { ask } from "./Http.ts"

const Content = Schema.Record(
  Schema.String,
  Schema.Struct({ schema: Schema.Unknown, example: Schema.optionalKey(Schema.Unknown) })
)

const Operation = Schema.Struct({
  operationId: Schema.String,
  parameters: Schema.Array(
    Schema.Struct({ name: Schema.String, in: Schema.String, example: Schema.optionalKey(Schema.Unknown) })
  ),
  requestBody: Schema.optionalKey(Schema.Struct({ content: Content })),
  responses: Schema.Record(Schema.String, Schema.Struct({ content: Schema.optionalKey(Content) }))
})

const Document = Schema.Struct({
  openapi: Schema.String,
  paths: Schema.Record(Schema.String, Schema.Record(Schema.String, Operation)),
  components: Schema.Struct({ schemas: Schema.Record(Schema.String, Schema.Unknown) })
})

/** One operation, where it is. */
export interface Documented {
  readonly method: string
  readonly path: string
  readonly operation: typeof Operation.Type
}

/** The document of a server, and its operations in order. */
export const documentOf = (server: { readonly url: string }) =>
  Effect.map(ask(server, "/openapi.json"), ({ text }) => {
    const raw: unknown = JSON.parse(text)
    const document = Schema.decodeUnknownSync(Document)(raw)
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): Documented => ({ method, path, operation }))
    )
    return { text, document, operations }
  })
