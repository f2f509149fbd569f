// Every document of the project: its links lead to files and headings that are there.
import { describe, expect, it } from "@effect/vitest"
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Writable } from "node:stream"
import { remark } from "remark"
import { engine } from "unified-engine"

const root = join(import.meta.dirname, "../..")
const isOurs = (name: string) => !["node_modules", "dist", "data", "coverage", ".git"].includes(name)

const documentsIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => isOurs(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return documentsIn(path)
      return entry.name.endsWith(".md") ? [path] : []
    })

/** What is wrong with the links of these documents, each with the document that has it. */
const brokenLinks = (files: ReadonlyArray<string>): Promise<ReadonlyArray<string>> =>
  new Promise((resolve, reject) => {
    const silence = () => new Writable({ write: (_chunk, _encoding, done) => done() })
    engine(
      {
        processor: remark(),
        plugins: ["remark-gfm", ["remark-validate-links", { repository: false }]],
        cwd: root,
        files: [...files],
        output: false,
        streamOut: silence(),
        streamError: silence()
      },
      (error, _code, context) => {
        if (error instanceof Error) return reject(error)
        resolve(
          (context?.files ?? []).flatMap(({ path, messages }) => messages.map((each) => `${path}: ${each.reason}`))
        )
      }
    )
  })

describe("the documents", () => {
  it("are all read, the README first of all", () => {
    const documents = documentsIn("")
    expect(documents).toEqual(
      expect.arrayContaining(["README.md", "CHANGELOG.md", "docs/api.md", "packages/otp/README.md"])
    )
  })

  it("link to files and headings that are there", async () => {
    expect(await brokenLinks(documentsIn(""))).toEqual([])
  })

  it("do not hold a link to a file or a heading that is not there, which would be told", async () => {
    const folder = mkdtempSync(join(tmpdir(), "links-"))
    writeFileSync(
      join(folder, "a.md"),
      "# A\n\n[b](b.md) [gone](gone.md) [b's end](b.md#end) [nowhere](#nowhere) ![picture](no.png)\n"
    )
    writeFileSync(join(folder, "b.md"), "# B\n")
    const broken = await brokenLinks([join(folder, "a.md"), join(folder, "b.md")])
    const told = new Set(broken.map((each) => /`([^`]+)`/.exec(each)?.[1]))
    expect(told).toEqual(new Set(["gone.md", "#end", "#nowhere", "no.png"]))
  })
})
