// A process full of subscribers.
import { Schema } from "effect"
import { answerParent } from "../answerParent.ts"
import { Question } from "./Generator.ts"
import { Subscribers } from "./Subscribers.ts"

const subscribers = new Subscribers()
const decode = Schema.decodeUnknownSync(Question)

answerParent(async (input) => {
  const question = decode(input)
  switch (question._tag) {
    case "Open":
      await subscribers.open(question)
      return {}
    case "Close":
      await subscribers.close()
      return {}
    case "Reset":
      subscribers.reset()
      return {}
    case "Report":
      return subscribers.report()
  }
})
