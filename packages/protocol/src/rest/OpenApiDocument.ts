// The OpenAPI document (3.1) of everything that is asked over HTTP: made from the contract, and from the examples beside it.
import * as OpenApi from "effect/http-api/OpenApi"
import { EventsApi } from "./EventsApi.ts"
import { ExportApi } from "./ExportApi.ts"
import { examples, type Example } from "./examples.ts"
import { HooksApi } from "./HooksApi.ts"
import { RestApi, restPath } from "./RestApi.ts"
import { SessionApi } from "./SessionApi.ts"

/** The document, as JSON. */
export const openApiText = (): string => {
  const spec = OpenApi.fromApi(plain)
  const paths = Object.fromEntries(
    Object.entries(spec.paths).map(([path, operations]) => [
      path,
      Object.fromEntries(
        Object.entries(operations).map(([method, operation]) => [
          method,
          "operationId" in operation ? told(operation, method) : operation
        ])
      )
    ])
  )
  // What the server does not know it ignores, and what a client does not know it may be told one day.
  return JSON.stringify({ ...spec, paths }, (name, value: unknown) =>
    name === "additionalProperties" && value === false ? undefined : value
  )
}

const description = `Everything that may be asked of this server by plain HTTP. Errors are problem details (RFC 9457), described in
[/docs/problems](/docs/problems).

Lists are paged: each answers \`next\`, which is what to ask the next page with, or null. Times are UTC milliseconds. What changes a
message takes an \`Idempotency-Key\`: send a request again under its key until it is answered, and it changes the room once.`

const plain = RestApi.add(EventsApi.prefix(restPath))
  .add(ExportApi.prefix(restPath))
  .add(HooksApi)
  .add(SessionApi)
  .annotateMerge(
    OpenApi.annotations({
      title: "Messenger",
      version: "1",
      description,
      license: { name: "MIT", url: "https://spdx.org/licenses/MIT.html" },
      servers: [{ url: "/" }]
    })
  )

/** What the document is about, for tools that take an API; answered by nobody as a whole. */
export const documentedApi = plain.annotateMerge(OpenApi.annotations({ transform: () => JSON.parse(openApiText()) }))

/** An operation with its example, and with what the gate before all routes may refuse. */
const told = (operation: OpenApi.OpenAPISpecOperation, method: string) => {
  const example = examples[operation.operationId]
  const responses = method === "get" ? operation.responses : { ...operation.responses, 403: withOrigin(operation) }
  return {
    ...operation,
    parameters: operation.parameters.map((parameter) => exemplified(parameter, example)),
    ...(operation.requestBody === undefined
      ? {}
      : {
          requestBody: {
            ...operation.requestBody,
            content: Object.fromEntries(
              Object.entries(operation.requestBody.content).map(([type, media]) => [
                type,
                { ...media, example: example?.body }
              ])
            )
          }
        }),
    responses
  }
}

const exemplified = (parameter: OpenApi.OpenAPISpecParameter, example: Example | undefined) => {
  const value = { path: example?.params, query: example?.query, header: example?.headers, cookie: undefined }[
    parameter.in
  ]?.[parameter.name]
  return {
    ...parameter,
    // Everything in an address is text, which is no help to who reads.
    schema: isNumeric(parameter.schema) ? { type: "integer", minimum: 0 } : parameter.schema,
    ...(value === undefined ? {} : { example: value })
  }
}

const isNumeric = (schema: object): boolean =>
  "pattern" in schema && typeof schema.pattern === "string" && schema.pattern.startsWith("^[+-]?")

const originRefused = { $ref: "#/components/schemas/OriginRefusedProblem" }

const withOrigin = ({ responses }: OpenApi.OpenAPISpecOperation) => {
  const refusal = responses[403]
  const declared = refusal?.content?.["application/problem+json"]?.schema
  const description = refusal === undefined ? "OriginRefused" : `${refusal.description} | OriginRefused`
  const schema = declared === undefined ? originRefused : { anyOf: [declared, originRefused] }
  return { description, content: { "application/problem+json": { schema } } }
}
