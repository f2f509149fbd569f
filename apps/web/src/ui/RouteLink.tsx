import type { JSX } from "solid-js"
import { useShell } from "./Shell.ts"
import { isPlainClick } from "./router.ts"

/** A link to a place of ours: followed here, unless the reader wants it elsewhere. */
export const RouteLink = (props: {
  readonly path: string
  readonly class?: string
  readonly children: JSX.Element
}): JSX.Element => {
  const { router } = useShell()
  return (
    <a
      href={props.path}
      class={props.class}
      onClick={(event) => {
        if (!isPlainClick(event)) return
        event.preventDefault()
        router.go(props.path)
      }}
    >
      {props.children}
    </a>
  )
}
