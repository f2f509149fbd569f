import { execFileSync } from "node:child_process"
import { X509Certificate } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { root } from "./Compose.ts"

describe("the certificates of Amazon RDS", () => {
  const folder = mkdtempSync(join(tmpdir(), "messenger-certificates-"))
  let certificates: ReadonlyArray<X509Certificate> = []

  beforeAll(() => {
    const file = join(folder, "deeper", "rds.pem")
    execFileSync(process.execPath, [join(root, "tools/certificates.mjs"), file])
    const blocks =
      readFileSync(file, "utf8").match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? []
    expect(blocks.join("")).toBe(readFileSync(file, "utf8"))
    certificates = blocks.map((block) => new X509Certificate(block))
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("are authorities of RDS, each once", () => {
    expect(certificates.length).toBeGreaterThan(80)
    expect(certificates.filter(({ ca, subject }) => !ca || !subject.includes("CN=Amazon RDS "))).toEqual([])
    expect(new Set(certificates.map(({ fingerprint256 }) => fingerprint256)).size).toBe(certificates.length)
  })

  it("know the regions where a database is likely to be, with keys of both kinds", () => {
    for (const region of ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2", "ap-southeast-2"]) {
      const ofRegion = certificates.filter(({ subject }) => subject.includes(`CN=Amazon RDS ${region} Root CA `))
      expect(ofRegion.map(({ publicKey }) => publicKey.asymmetricKeyType ?? "").toSorted()).toEqual([
        "ec",
        "rsa",
        "rsa"
      ])
    }
  })

  it("outlive every image", () => {
    const inTenYears = Date.now() + 10 * 365 * 24 * 60 * 60 * 1_000
    const ending = certificates.filter(({ validToDate }) => validToDate.getTime() < inTenYears)
    expect(ending.map(({ subject, validTo }) => `${subject} until ${validTo}`)).toEqual([])
  })
})
