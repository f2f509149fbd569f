// What a setting is: a name in the environment, what it may be, and what it is for.
import { Effect, Option, Schema } from "effect"
import { X509Certificate } from "node:crypto"
import { readFileSync } from "node:fs"

/** A setting has a value that it cannot have. The message is one sentence for whoever starts the server; it holds no secret. */
export class ConfigInvalid extends Schema.TaggedError<ConfigInvalid>()("ConfigInvalid", {
  setting: Schema.String,
  expects: Schema.String,
  /** What was found, unless the setting is a secret or absent. */
  found: Schema.NullOr(Schema.String)
}) {
  override get message(): string {
    const found = this.found === null ? "" : `, but is ${JSON.stringify(this.found)}`
    return `The setting ${this.setting} must be ${this.expects}${found}.`
  }
}

/** One setting. */
export interface Setting<Value> {
  readonly name: string
  /** The value when it is absent or empty. */
  readonly fallback: string
  readonly unit: string
  readonly about: string
  /** Ends the sentence "The setting NAME must be ...". */
  readonly expects: string
  readonly isSecret: boolean
  readonly decode: (raw: string) => Option.Option<Value>
}

/** What is said of a setting beside its name and what it may be. */
export type Description = Pick<Setting<unknown>, "fallback" | "unit" | "about" | "expects">

/** A setting that is decoded by a schema. */
export const setting = <S extends Schema.ConstraintDecoder<unknown>>(
  name: string,
  schema: S,
  description: Description
): Setting<S["Type"]> => ({ name, isSecret: false, ...description, decode: Schema.decodeUnknownOption(schema) })

/** The same setting, without a value when it is absent. */
export const absentAsNone = <Value>(known: Setting<Value>): Setting<Option.Option<Value>> => ({
  ...known,
  decode: (raw) => (raw === "" ? Option.some(Option.none()) : Option.map(known.decode(raw), Option.some))
})

/** A setting that may be absent and is never shown: it is held redacted, and a refusal does not repeat it. */
export const secret = (name: string, schema: Schema.Codec<string>, description: Omit<Description, "fallback">) => ({
  ...absentAsNone(setting(name, Schema.RedactedFromValue(schema), { ...description, fallback: "" })),
  isSecret: true
})

/** A setting that names a file of certificates in PEM, and whose value is what stands in that file. */
export const certificates = (
  name: string,
  description: Omit<Description, "fallback">
): Setting<Option.Option<string>> =>
  absentAsNone({ name, isSecret: false, ...description, fallback: "", decode: readCertificates })

// Each is read as a certificate, so that a key, half a file or another format is told from one at the start.
const readCertificates = Option.liftThrowable((path: string): string => {
  const text = readFileSync(path, "utf8")
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)
  if (found === null) throw new Error("no certificate in it")
  return found.map((certificate) => new X509Certificate(certificate).toString()).join("")
})

/** A setting with any number of values, with commas between them. */
export const list = <Value>(
  name: string,
  decode: (raw: string) => Option.Option<Value>,
  description: Omit<Description, "fallback">
): Setting<ReadonlyArray<Value>> => ({
  name,
  isSecret: false,
  ...description,
  fallback: "",
  decode: (raw) =>
    Option.all(
      raw
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "")
        .map(decode)
    )
})

/** Reads a setting from the environment; what is absent or empty is its fallback. */
export const read = <Value>(
  known: Setting<Value>,
  environment: Readonly<Record<string, string | undefined>>
): Effect.Effect<Value, ConfigInvalid> => {
  const given = environment[known.name]?.trim() ?? ""
  return Option.match(known.decode(given === "" ? known.fallback : given), {
    onSome: Effect.succeed,
    onNone: () =>
      Effect.fail(
        new ConfigInvalid({ setting: known.name, expects: known.expects, found: known.isSecret ? null : given })
      )
  })
}
