// Errors of the REST API as schemas: encoded as problem details, decoded into the tagged errors that everybody knows.
import { Schema, SchemaTransformation } from "effect"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { problemKinds, problemMediaType, problemOf, problemType, retryAfterSecondsOf } from "./Problems.ts"
import type { HttpError } from "./Problems.ts"

/** A class of errors. */
interface ErrorClass<Self extends HttpError> extends Schema.Codec<Self, unknown> {
  readonly identifier: string
  readonly fields: Schema.Struct.Fields
}

/** An error of an endpoint, with the status of `Problems.ts`, and with `Retry-After` when it passes. */
export const problem = <Self extends HttpError>(error: ErrorClass<Self>): Schema.Codec<Self, unknown> => {
  const { identifier, fields } = error
  const kind = kinds.get(identifier)
  if (kind === undefined) throw new Error(`${identifier} is no error of HTTP`)
  const body = Schema.Struct({
    ...fields,
    type: Schema.Literal(problemType(identifier)),
    title: Schema.Literal(kind.title),
    status: Schema.Literal(kind.status),
    detail: Schema.String,
    _tag: Schema.Literal(identifier)
  }).pipe(
    HttpApiSchema.asJson({ contentType: problemMediaType }),
    HttpApiSchema.status(kind.status),
    Schema.annotate({ identifier: `${identifier}Problem`, description: kind.title })
  )
  const decode = Schema.decodeUnknownSync(error)
  if (!("retryAfterMillis" in fields)) {
    return body.pipe(
      Schema.decodeTo(
        Schema.toType(error),
        SchemaTransformation.transform({
          decode: (problem) => decode(problem),
          encode: (failure) => problemOf(failure)
        })
      ),
      HttpApiSchema.asJson({ contentType: problemMediaType }),
      HttpApiSchema.status(kind.status)
    )
  }
  return error.pipe(
    HttpApiSchema.encodeToWithHeaders(
      { body, headers: { "retry-after": Schema.FiniteFromString } },
      {
        decode: ({ body }) => decode(body),
        encode: (failure) => ({
          body: problemOf(failure),
          headers: { "retry-after": retryAfterSecondsOf(failure) ?? 0 }
        })
      }
    )
  )
}

const kinds = new Map(
  Object.entries(problemKinds).map(([tag, { status, title }]): [string, { status: number; title: string }] => [
    tag,
    { status, title }
  ])
)
