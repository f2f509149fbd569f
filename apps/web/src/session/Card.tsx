import { createEffect } from "solid-js"
import type { JSX } from "solid-js"
import { texts } from "../texts.ts"
import { Mark } from "../ui/Mark.tsx"

/** A page with one thing to do. */
export const Card = (props: { readonly title: string; readonly children: JSX.Element }): JSX.Element => {
  createEffect(() => {
    document.title = `${props.title} · ${texts.product}`
  })
  return (
    <main class="grid h-full overflow-y-auto bg-surface px-4 py-8 pb-[max(32px,env(safe-area-inset-bottom))]">
      <div class="m-auto flex w-full max-w-100 flex-col rounded-xl border border-line bg-canvas p-6 shadow-raised two:p-8">
        <Mark size={40} />
        <h1 class="mt-5 text-xl font-[650] tracking-[-0.02em] text-balance">{props.title}</h1>
        {props.children}
      </div>
    </main>
  )
}

/** A sentence or two below the title. */
export const Intro = (props: { readonly children: JSX.Element }): JSX.Element => (
  <p class="mt-1.5 text-pretty text-normal" dir="auto">
    {props.children}
  </p>
)

/** What happened before this page came, for whoever did not ask for it. */
export const Notice = (props: { readonly children: JSX.Element }): JSX.Element => (
  <p class="mt-4 rounded-md bg-accent-soft px-3 py-2 text-sm text-pretty">{props.children}</p>
)
