import { assert, describe, it } from "@effect/vitest"
import { Letter, Mailbox } from "@messenger/otp/Mailbox"

class Note extends Letter<Note> {
  readonly text: string
  isAdmitted = false

  constructor(text: string, sentAt = 0) {
    super(sentAt)
    this.text = text
  }

  admitted(): void {
    this.isAdmitted = true
  }
}

const texts = (letters: ReadonlyArray<Note>) => letters.map(({ text }) => text)

const fill = (capacity: number, ...letters: ReadonlyArray<string>) => {
  const mailbox = new Mailbox<Note>(capacity)
  for (const text of letters) mailbox.offer(new Note(text))
  return mailbox
}

describe("a mailbox", () => {
  it("gives letters out in the order they came, as many as are asked for", () => {
    const mailbox = fill(5, "a", "b", "c")
    assert.deepStrictEqual(texts(mailbox.take(2)), ["a", "b"])
    assert.deepStrictEqual(texts(mailbox.take(2)), ["c"])
    assert.deepStrictEqual(texts(mailbox.take(2)), [])
  })

  it("refuses what is beyond its capacity", () => {
    const mailbox = fill(2, "a", "b")
    assert.isFalse(mailbox.offer(new Note("c")))
    assert.strictEqual(mailbox.depth, 2)
  })

  it("holds at least one letter, whatever capacity it is given", () => {
    assert.isTrue(new Mailbox<Note>(0).offer(new Note("a")))
  })

  it("admits those who wait for room in order, each once, as room is made", () => {
    const mailbox = fill(2, "a", "b")
    const [c, d] = [new Note("c"), new Note("d")]
    mailbox.offerLater(c)
    mailbox.offerLater(d)
    assert.strictEqual(mailbox.waiting, 2)
    assert.deepStrictEqual(texts(mailbox.take(1)), ["a"])
    assert.deepStrictEqual([c.isAdmitted, d.isAdmitted], [true, false])
    assert.deepStrictEqual(texts(mailbox.take(5)), ["b", "c"])
    assert.deepStrictEqual(texts(mailbox.take(5)), ["d"])
  })

  it("lets nobody overtake those who wait for room", () => {
    const mailbox = fill(1, "a")
    mailbox.offerLater(new Note("b"))
    mailbox.take(1)
    assert.isFalse(mailbox.offer(new Note("c")))
    assert.deepStrictEqual(texts(mailbox.take(1)), ["b"])
  })

  it("takes a letter back from anywhere, and gives its room to the next who waits", () => {
    const mailbox = fill(2, "a")
    const [b, c, d] = [new Note("b"), new Note("c"), new Note("d")]
    mailbox.offer(b)
    mailbox.offerLater(c)
    mailbox.offerLater(d)
    assert.isTrue(mailbox.withdraw(c))
    assert.isTrue(mailbox.withdraw(b))
    assert.isTrue(d.isAdmitted)
    assert.deepStrictEqual(texts(mailbox.take(5)), ["a", "d"])
  })

  it("takes no letter back that was taken", () => {
    const mailbox = fill(2, "a")
    const [a] = mailbox.take(1)
    assert.isFalse(a !== undefined && mailbox.withdraw(a))
  })

  it("knows since when its oldest letter waits, however it got in", () => {
    const mailbox = new Mailbox<Note>(1)
    assert.isUndefined(mailbox.oldestSentAt)
    mailbox.offer(new Note("a", 10))
    mailbox.offerLater(new Note("b", 20))
    assert.strictEqual(mailbox.oldestSentAt, 10)
    mailbox.take(1)
    assert.strictEqual(mailbox.oldestSentAt, 20)
  })

  it("hands back everything that matches, inside and waiting, and keeps the rest in order", () => {
    const mailbox = fill(3, "a1", "b1", "a2")
    mailbox.offerLater(new Note("b2"))
    mailbox.offerLater(new Note("a3"))
    assert.deepStrictEqual(texts(mailbox.withdrawWhere(({ text }) => text.startsWith("a"))), ["a1", "a2", "a3"])
    assert.deepStrictEqual(texts(mailbox.take(5)), ["b1", "b2"])
  })
})
