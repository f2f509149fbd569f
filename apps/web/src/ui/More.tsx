import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { errorText, texts } from "../texts.ts"
import type { Pages } from "./pages.ts"

/** Stands below a long list: why it goes no further, and the way to the next page. */
export const More = <Row,>(props: { readonly pages: Pages<Row>; readonly label: string }): JSX.Element => (
  <>
    <p role="alert" class="text-sm text-danger" classList={{ "mt-2": props.pages.error() !== undefined }}>
      <Show when={props.pages.error()}>{(refusal) => errorText(refusal())}</Show>
    </p>
    <Show when={props.pages.hasMore() || props.pages.error() !== undefined}>
      <button
        type="button"
        class="button mt-3 w-full"
        aria-disabled={props.pages.isBusy()}
        onClick={() => void props.pages.more()}
      >
        {props.pages.error() === undefined ? props.label : texts.again}
      </button>
    </Show>
  </>
)
