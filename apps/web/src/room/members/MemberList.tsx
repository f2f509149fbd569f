import type { User, UserId } from "@messenger/protocol/Account"
import type { Member } from "@messenger/protocol/MemberRpcs"
import { mayInRoom } from "@messenger/protocol/Rights"
import type { RoomRole, RoomStanding } from "@messenger/protocol/Rights"
import type { RoomId } from "@messenger/protocol/Room"
import { For, Show, createMemo, createSignal, createUniqueId, onMount } from "solid-js"
import type { JSX } from "solid-js"
import { Avatar } from "../../presence/Avatar.tsx"
import { GuestMark } from "../../presence/GuestMark.tsx"
import { errorText, texts } from "../../texts.ts"
import type { TellableError } from "../../texts.ts"
import type { Question } from "../../ui/Confirm.tsx"
import { RowMenu, RowMenuChoice, RowMenuItem, RowMenuSeparator } from "../../ui/RowMenu.tsx"
import { More } from "../../ui/More.tsx"
import { useShell } from "../../ui/Shell.ts"
import { byName } from "../../ui/order.ts"
import { createPages } from "../../ui/pages.ts"
import { words } from "./words.ts"

const roles = (["member", "moderator", "owner"] as const).map((role) => [role, words.roles[role]] as const)

/** The members of a room, a page at a time, with what the reader may do about each. In a public room those who have a role. */
export const MemberList = (props: {
  readonly me: User
  readonly roomId: RoomId
  readonly standing: RoomStanding
  readonly ask: (question: Question) => void
}): JSX.Element => {
  const { messenger, current, say } = useShell()
  const { roomId } = props
  const pages = createPages(async (after: UserId | null) => {
    const page = await messenger.call("ListMembers", { roomId, after })
    return page.isOk ? { isOk: true, value: { rows: page.value.members, next: page.value.next } } : page
  })
  const [error, setError] = createSignal<TellableError>()
  let list: HTMLElement | undefined
  const mayManage = () => mayInRoom("room.manage", props.standing)
  const mayAdd = () => (props.standing.isPrivate ? mayInRoom("room.invite", props.standing) : mayManage())
  // By id, so that a row keeps its button, and the focus on it, when the role in it changes. Somebody who was added while the list
  // was read may be told twice.
  const shown = createMemo(
    () =>
      new Map(
        (pages.rows() ?? [])
          .filter(({ role }) => props.standing.isPrivate || role !== "member")
          .toSorted(byName(({ user }) => current(user).name))
          .map((member) => [member.user.id, member])
      )
  )
  const put = (member: Member) =>
    pages.change((before) =>
      before.some(({ user }) => user.id === member.user.id)
        ? before.map((one) => (one.user.id === member.user.id ? member : one))
        : [member, ...before]
    )
  onMount(() => void pages.more())

  const setRole = async ({ user }: Member, role: RoomRole) => {
    const outcome = await messenger.call("SetMemberRole", { roomId, userId: user.id, role })
    setError(outcome.isOk ? undefined : outcome.error)
    if (!outcome.isOk) return
    put({ user, role })
    say(words.isNow(current(user).name, words.roles[role]))
  }
  const add = async (username: string): Promise<TellableError | undefined> => {
    const outcome = await messenger.call("AddMember", { roomId, person: { _tag: "Username", username } })
    if (!outcome.isOk) return outcome.error
    put(outcome.value)
    if (!props.standing.isPrivate) await setRole(outcome.value, "moderator")
    else say(words.add.done(current(outcome.value.user).name))
    return undefined
  }
  const remove = ({ user }: Member, opener: HTMLElement | undefined) => {
    const { name } = current(user)
    props.ask({
      title: words.remove.title(name),
      text: words.remove.text,
      action: words.remove.submit,
      opener,
      act: async () => {
        const outcome = await messenger.call("RemoveMember", { roomId, userId: user.id })
        if (!outcome.isOk) return outcome
        pages.change((before) => before.filter((one) => one.user.id !== user.id))
        say(words.remove.done(name))
        return { isOk: true }
      },
      onDone: () => list?.focus()
    })
  }
  const mayRemove = ({ user, role }: Member) =>
    props.standing.isPrivate &&
    user.id !== props.me.id &&
    mayInRoom(role === "member" ? "room.moderate" : "room.manage", props.standing)
  return (
    <div>
      <Show when={mayAdd()}>
        <Add label={props.standing.isPrivate ? words.add.label : words.add.roleLabel} onAdd={add} />
      </Show>
      <ul
        ref={(element) => (list = element)}
        tabindex={-1}
        class="flex flex-col outline-none"
        aria-label={props.standing.isPrivate ? texts.people.title : words.role}
      >
        <For each={[...shown().keys()]}>
          {(id) => (
            <Show when={shown().get(id)}>
              {(member) => {
                let button: HTMLElement | undefined
                return (
                  <Row member={member()} isMe={id === props.me.id}>
                    <Show when={mayManage() || mayRemove(member())}>
                      <RowMenu
                        label={words.actionsFor(current(member().user).name)}
                        ref={(element) => (button = element)}
                      >
                        <Show when={mayManage()}>
                          <RowMenuChoice
                            label={words.role}
                            value={member().role}
                            choices={roles}
                            onChoose={(role) => void setRole(member(), role)}
                          />
                        </Show>
                        <Show when={mayManage() && mayRemove(member())}>
                          <RowMenuSeparator />
                        </Show>
                        <Show when={mayRemove(member())}>
                          <RowMenuItem isDangerous onSelect={() => remove(member(), button)}>
                            {words.remove.action}
                          </RowMenuItem>
                        </Show>
                      </RowMenu>
                    </Show>
                  </Row>
                )
              }}
            </Show>
          )}
        </For>
      </ul>
      <Show when={pages.rows() !== undefined && !pages.hasMore() && shown().size === 0}>
        <p class="py-2 text-sm text-muted">{words.nobody}</p>
      </Show>
      <p role="alert" class="text-sm text-danger" classList={{ "mt-2": error() !== undefined }}>
        <Show when={error()}>{(refusal) => errorText(refusal())}</Show>
      </p>
      <More pages={pages} label={words.more} />
    </div>
  )
}

const Row = (props: {
  readonly member: Member
  readonly isMe: boolean
  readonly children: JSX.Element
}): JSX.Element => {
  const { current } = useShell()
  const user = () => current(props.member.user)
  return (
    <li class="flex min-h-11 items-center gap-2.5">
      <Avatar user={user()} isSmall />
      <span class="min-w-0 truncate" dir="auto">
        {user().name}
      </span>
      <Show when={props.isMe}>
        <span class="text-xs text-muted">{texts.people.you}</span>
      </Show>
      <GuestMark user={user()} />
      <span class="grow" />
      <Show when={props.member.role !== "member"}>
        <span class="shrink-0 text-sm text-muted">{words.roles[props.member.role]}</span>
      </Show>
      {props.children}
    </li>
  )
}

const Add = (props: {
  readonly label: string
  /** Answers what stands in the way. */
  readonly onAdd: (username: string) => Promise<TellableError | undefined>
}): JSX.Element => {
  const fieldId = createUniqueId()
  const errorId = createUniqueId()
  const [wrong, setWrong] = createSignal<string>()
  const [isBusy, setBusy] = createSignal(false)
  let field: HTMLInputElement | undefined
  const add = async () => {
    const username = field?.value.trim() ?? ""
    if (isBusy() || field === undefined) return
    if (username === "") {
      setWrong(words.add.missing)
      return field.focus()
    }
    setBusy(true)
    const refusal = await props.onAdd(username)
    setBusy(false)
    setWrong(refusal === undefined ? undefined : errorText(refusal))
    if (refusal === undefined) field.value = ""
    field.focus()
  }
  return (
    <form
      novalidate
      onSubmit={(event) => {
        event.preventDefault()
        void add()
      }}
    >
      <label class="mb-1.5 block text-sm font-[550]" for={fieldId}>
        {props.label}
      </label>
      <div class="flex gap-2">
        <input
          ref={(element) => (field = element)}
          id={fieldId}
          class="field min-w-0 flex-1"
          autocomplete="off"
          autocapitalize="none"
          autocorrect="off"
          spellcheck={false}
          enterkeyhint="done"
          dir="auto"
          maxlength={64}
          onInput={() => setWrong(undefined)}
          aria-invalid={wrong() !== undefined}
          aria-describedby={errorId}
        />
        <button type="submit" class="button min-h-11" aria-disabled={isBusy()}>
          {words.add.submit}
        </button>
      </div>
      <p id={errorId} role="alert" class="min-h-7 pt-1 pb-1.5 text-sm text-danger">
        {wrong()}
      </p>
    </form>
  )
}
