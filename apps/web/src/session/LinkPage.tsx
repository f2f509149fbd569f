import type { User } from "@messenger/protocol/Account"
import { Match, Switch } from "solid-js"
import type { JSX } from "solid-js"
import type { LinkKind } from "../ui/router.ts"
import { ClaimPage } from "./ClaimPage.tsx"
import { InvitePage } from "./InvitePage.tsx"
import { ResetPage } from "./ResetPage.tsx"

/** What the page of a link is given. */
export interface LinkProps {
  readonly kind: LinkKind
  readonly token: string | undefined
  /** Undefined while nobody is known: a new password is all that a link alone is good for. */
  readonly me: User | undefined
}

/** Where a link with a token leads. */
export const LinkPage = (props: LinkProps): JSX.Element => (
  <Switch fallback={<ResetPage token={props.token} />}>
    <Match when={props.kind === "claim" && props.me}>{(me) => <ClaimPage me={me()} token={props.token} />}</Match>
    <Match when={props.kind === "invite" && props.me}>{(me) => <InvitePage me={me()} token={props.token} />}</Match>
  </Switch>
)
