// What is routed, by method and pattern: the router itself only answers whether there is something.
import { Effect, Layer } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"

/** One route. */
export interface KnownRoute {
  readonly method: string
  readonly path: string
}

/** The routes of one server. */
export class RouteTable {
  readonly routes: Array<KnownRoute> = []

  /** A router that also writes down here what is added to it. */
  readonly layer = Layer.effect(
    HttpRouter.HttpRouter,
    Effect.map(HttpRouter.HttpRouter, (router) => this.recording(router, ""))
  )

  /** The methods that are taken at an address; none for what only a wildcard may answer. */
  methodsAt(address: string): ReadonlyArray<string> {
    const path = normalized(address)
    const methods = new Set<string>()
    for (const route of this.routes) {
      if (route.path.includes("*") || !matches(route.path, path)) continue
      methods.add(route.method)
      if (route.method === "GET") methods.add("HEAD")
    }
    return [...methods].toSorted()
  }

  private recording(router: HttpRouter.HttpRouter, prefix: string): HttpRouter.HttpRouter {
    return HttpRouter.HttpRouter.of({
      ...router,
      prefixed: (more) => this.recording(router.prefixed(more), `${prefix}${more}`),
      add: (method, path, handler, options) => {
        this.routes.push({ method, path: `${prefix}${path}` })
        return router.add(method, path, handler, options)
      },
      addAll: (routes) => {
        this.routes.push(...routes.map(({ method, path }) => ({ method, path: `${prefix}${path}` })))
        return router.addAll(routes)
      }
    })
  }
}

// As the router does it.
const normalized = (path: string): string => path.replace(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "")

const matches = (pattern: string, path: string): boolean => {
  const parts = pattern.split("/")
  const given = path.split("/")
  return parts.length === given.length && parts.every((part, at) => part === given[at] || isFilled(part, given[at]))
}

const isFilled = (part: string, given: string | undefined): boolean =>
  part.startsWith(":") && given !== undefined && given !== ""
