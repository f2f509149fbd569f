import { passwordLengthIssue, PasswordRefused } from "@messenger/protocol/Password"
import { errorText } from "../texts.ts"

/** What is wrong with a new password as far as its length tells; the server knows more. */
export const wrongWithPassword = (password: string): string | undefined => {
  const reason = passwordLengthIssue(password)
  return reason === undefined ? undefined : errorText(new PasswordRefused({ reason }))
}
