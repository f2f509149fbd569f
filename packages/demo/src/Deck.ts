// Which scene comes next: all have their turn before one comes again, in no order that can be noticed.
import type { Random } from "./Random.ts"

/** A pile that is drawn from the top third and put back at the bottom: two thirds of it lie between two turns of a card. */
export class Deck<Card> {
  private cards: ReadonlyArray<Card>
  private readonly random: Random

  constructor(cards: ReadonlyArray<Card>, random: Random) {
    this.random = random
    this.cards = random.shuffled(cards)
  }

  /** Takes the first that does, of the top third in any order, else of those below it. */
  draw<Use>(use: (card: Card) => Use | undefined): Use | undefined {
    const top = Math.ceil(this.cards.length / 3)
    for (const card of [...this.random.shuffled(this.cards.slice(0, top)), ...this.cards.slice(top)]) {
      const used = use(card)
      if (used === undefined) continue
      this.cards = [...this.cards.filter((other) => other !== card), card]
      return used
    }
    return undefined
  }
}
