import type { EditRefusal, Outcome } from "@messenger/client/Messenger"
import { CommandRejected, EditConflict } from "@messenger/protocol/Message"
import type { Receipt } from "@messenger/protocol/Message"
import { LogId } from "@messenger/protocol/Cursor"
import { describe, expect, it } from "vitest"
import { createEdits } from "../src/room/edits.ts"
import { errorText } from "../src/texts.ts"
import { ada, said } from "./preview/people.ts"

const receipt: Receipt = { number: 1, cursor: { log: LogId.make("log-1"), number: 3 }, at: 0 }
const message = said(1, ada, 0, "hello")

/** Drafts whose edits the server answers, in order, with `answers`; what it was sent, and what was said. */
const edit = (...answers: ReadonlyArray<Outcome<Receipt, EditRefusal>>) => {
  const sent: Array<readonly [change: number, text: string]> = []
  const spoken: Array<string> = []
  const edits = createEdits(
    {
      edit: async ({ change }, text) => {
        sent.push([change, text])
        return answers[sent.length - 1] ?? { isOk: true, value: receipt }
      }
    },
    (text) => spoken.push(text)
  )
  return { ...edits, sent, spoken, draft: () => edits.drafts().get(message.number) }
}
const answered = () => new Promise<void>((resolve) => setTimeout(resolve))

describe("what is rewritten", () => {
  it("is sent as a change of the version that was seen, and its box closes at once", () => {
    const { begin, write, save, draft, sent } = edit()
    begin(message)
    write(1, "hello there")
    save(1)
    expect(sent).toEqual([[message.change, "hello there"]])
    expect(draft()).toBeUndefined()
  })

  it("is not sent when it says what it said before", () => {
    const { begin, write, save, draft, sent } = edit()
    begin(message)
    write(1, "hello ")
    save(1)
    expect(sent).toEqual([])
    expect(draft()).toBeUndefined()
  })

  it("comes back with the reason when the server refuses it", async () => {
    const { begin, write, save, draft, spoken } = edit({ isOk: false, error: new CommandRejected() })
    begin(message)
    write(1, "poison")
    save(1)
    await answered()
    expect(draft()?.text).toBe("poison")
    expect(draft()?.refusal).toEqual(new CommandRejected())
    expect(spoken).toEqual([errorText(new CommandRejected())])
  })

  it("goes on from the version it was begun with after a conflict, until the writer has decided for theirs", async () => {
    const { begin, write, save, saveOver, draft, sent } = edit({ isOk: false, error: new EditConflict({ change: 7 }) })
    begin(message)
    write(1, "mine")
    save(1)
    await answered()
    expect(draft()?.base).toBe(message)
    saveOver(1, { ...message, change: 7, text: "theirs" })
    expect(sent).toEqual([
      [1, "mine"],
      [7, "mine"]
    ])
  })

  it("does not take the place of what was begun anew meanwhile", async () => {
    const { begin, write, save, draft } = edit({ isOk: false, error: new CommandRejected() })
    begin(message)
    write(1, "first")
    save(1)
    begin(message)
    write(1, "second")
    await answered()
    expect(draft()?.text).toBe("second")
  })

  it("stays when another message is taken up, and a box that was left as it was closes", () => {
    const { begin, write, drafts } = edit()
    const other = said(2, ada, 0, "there")
    begin(message)
    begin(other)
    expect([...drafts().keys()]).toEqual([2])
    write(2, "there!")
    begin(message)
    expect([...drafts().keys()]).toEqual([2, 1])
  })

  it("has the focus when it is opened, and not when its row comes into sight again", () => {
    const { begin, takeFocus } = edit()
    begin(message)
    expect([takeFocus(2), takeFocus(1), takeFocus(1)]).toEqual([false, true, false])
  })
})
