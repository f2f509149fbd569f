// Measures what tests run of packages, in threads and child processes too, and prints the branches of each package.
//
// What runs in a thread or a child process is loaded by Node, what runs beside its test by Vite. Both are mapped back to the same
// source, but the places where things end differ by a few columns, so that code seen from both sides would count twice: once as it
// ran here, once as it ran there. Here it is one again.
import v8 from "@vitest/coverage-v8"
import type { CoverageProviderModule, ReportContext } from "vitest/node"
import type { V8CoverageProvider } from "@vitest/coverage-v8/dist/provider.js"

type CoverageMap = Awaited<ReturnType<V8CoverageProvider["generateCoverage"]>>
type FileData = ReturnType<CoverageMap["fileCoverageFor"]>["data"]
type Place = FileData["branchMap"][string]["loc"]

const module: CoverageProviderModule = {
  // It keeps its session on itself, and this file is loaded anew for each test file.
  startCoverage: (options) => v8.startCoverage?.(options),
  takeCoverage: (options) => v8.takeCoverage?.(options),
  stopCoverage: (options) => v8.stopCoverage?.(options),
  // Test workers load this file as well, and have no use for a provider.
  getProvider: async () => {
    const { V8CoverageProvider: Provider } = await import("@vitest/coverage-v8/dist/provider.js")
    return new (class extends Provider {
      override async generateCoverage(context: ReportContext): Promise<CoverageMap> {
        const map = await super.generateCoverage(context)
        for (const file of map.files()) countOnce(map.fileCoverageFor(file).data)
        return map
      }

      override async generateReports(map: CoverageMap, isWholeRun?: boolean): Promise<void> {
        this.ctx.logger.log(`\n${table(map).join("\n")}\n`)
        await super.generateReports(map, isWholeRun)
      }
    })()
  }
}

export default module

const countOnce = (data: FileData): void => {
  // The same paths, or the same beginning: what of the two was kept exactly depends on where the map of the source has marks.
  joinSame(data.branchMap, data.b, ({ type, locations }) => [type, ...locations.map(start)], sums)
  joinSame(data.branchMap, data.b, ({ type, loc, locations }) => [type, start(loc), `${locations.length}`], sums)
  joinSame(data.fnMap, data.f, ({ decl }) => [start(decl)], sum)
  joinSame(data.statementMap, data.s, (place) => [start(place)], sum)
}

const sum = (one: number, other: number): number => one + other
const sums = (one: ReadonlyArray<number>, other: ReadonlyArray<number>): Array<number> =>
  one.map((count, index) => count + (other[index] ?? 0))

// A path that is not written, such as the missing else of an if, has no place.
const start = (place: Place): string => `${place.start.line}:${place.start.column}`

const joinSame = <What, Count>(
  map: Record<string, What>,
  counts: Record<string, Count>,
  nameOf: (what: What) => ReadonlyArray<string>,
  join: (one: Count, other: Count) => Count
): void => {
  const known = new Map<string, string>()
  for (const [id, what] of Object.entries(map)) {
    const name = nameOf(what).join(" ")
    const first = known.get(name)
    const count = counts[id]
    if (first === undefined || count === undefined) {
      known.set(name, id)
      continue
    }
    const before = counts[first]
    counts[first] = before === undefined ? count : join(before, count)
    delete map[id]
    delete counts[id]
  }
}

const table = (map: CoverageMap): ReadonlyArray<string> => {
  const packages = new Map<string, { branches: number; covered: number; least: string; missing: number }>()
  for (const file of map.files()) {
    const [, name, path] = /packages\/([^/]+)\/src\/(.*)$/.exec(file) ?? []
    if (name === undefined || path === undefined) continue
    const { total, covered } = map.fileCoverageFor(file).toSummary().branches
    const row = packages.get(name) ?? { branches: 0, covered: 0, least: "", missing: 0 }
    const isLeast = total - covered > row.missing
    packages.set(name, {
      branches: row.branches + total,
      covered: row.covered + covered,
      least: isLeast ? path : row.least,
      missing: isLeast ? total - covered : row.missing
    })
  }
  const line = (...[name, branches, covered, share, most]: [string, string, string, string, string]) =>
    `${name.padEnd(10)} ${branches.padStart(9)} ${covered.padStart(8)} ${share.padStart(7)}  ${most}`
  return [
    line("package", "branches", "covered", "share", "most missing in"),
    ...[...packages]
      .toSorted(([one], [other]) => one.localeCompare(other))
      .map(([name, { branches, covered, least, missing }]) =>
        // Rounded down: what is below the floor must not look as if it were on it.
        line(
          name,
          `${branches}`,
          `${covered}`,
          `${(Math.floor((1_000 * covered) / branches) / 10).toFixed(1)} %`,
          missing === 0 ? "" : `${least} (${missing})`
        )
      )
  ]
}
