// An export for programs: one JSON text that `RoomExport` of the contract decodes, a message a line.
import type { User, UserId } from "@messenger/protocol/Account"
import type { Message } from "@messenger/protocol/Message"
import type { ExportedMessage, ExportedPerson, RoomExport } from "@messenger/protocol/RoomExport"
import { Stream } from "effect"
import type { Heading } from "./Conversation.ts"

/** The conversation as JSON. Who wrote comes last, by the name they had on the last page, and is what it keeps: 200 bytes a person. */
export const exportJson = <Failure>(
  { at, head, room }: Heading,
  pages: Stream.Stream<ReadonlyArray<Message>, Failure>
): Stream.Stream<string, Failure> =>
  Stream.suspend(() => {
    const people = new Map<UserId, User>()
    const lines = new Lines()
    const { id, isPrivate, name, slug, topic } = room
    const about: Omit<typeof RoomExport.Encoded, "messages" | "people"> = {
      version: 1,
      exportedAt: iso(at),
      room: { id, slug, name, topic, isPrivate },
      head
    }
    return Stream.succeed(`${JSON.stringify(about).slice(0, -1)},"messages":[`).pipe(
      Stream.concat(
        Stream.map(pages, (messages) => {
          for (const { author } of messages) people.set(author.id, author)
          return lines.of(messages.map(exportedMessage))
        })
      ),
      Stream.concat(
        Stream.sync(() => `\n],"people":[${new Lines().of([...people.values()].map(exportedPerson))}\n]}\n`)
      )
    )
  })

const iso = (millis: number): string => new Date(millis).toISOString()

const exportedMessage = (message: Message): typeof ExportedMessage.Encoded => {
  const { alias, at, author, editedAt, number, state, text } = message
  return {
    number,
    at: iso(at),
    author: author.id,
    ...(alias === undefined ? {} : { alias }),
    state,
    text,
    editedAt: editedAt === null ? null : iso(editedAt)
  }
}

const exportedPerson = ({ id, isApp, isGuest, name }: User): typeof ExportedPerson.Encoded => ({
  id,
  name,
  isGuest,
  isApp: isApp === true
})

/** Elements of an array, a line each, over several texts. */
class Lines {
  #hasBegun = false

  of(elements: ReadonlyArray<object>): string {
    return elements
      .map((element) => {
        const separator = this.#hasBegun ? ",\n" : "\n"
        this.#hasBegun = true
        return separator + JSON.stringify(element)
      })
      .join("")
  }
}
