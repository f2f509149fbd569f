import { Show } from "solid-js"
import type { JSX } from "solid-js"
import { errorText, texts } from "../texts.ts"
import type { TellableError } from "../texts.ts"

/** Why something did not come or was not done; with a way to ask again, where that makes sense. */
export const Trouble = (props: {
  readonly error: TellableError | undefined
  readonly onAgain?: (() => void) | undefined
}): JSX.Element => (
  <>
    <p role="alert" class="text-sm text-danger" classList={{ "pb-2": props.error !== undefined }}>
      <Show when={props.error}>{(error) => errorText(error())}</Show>
    </p>
    <Show when={props.error !== undefined && props.onAgain}>
      {(again) => (
        <button type="button" class="button mb-3" onClick={() => again()()}>
          {texts.again}
        </button>
      )}
    </Show>
  </>
)
