import { headersOf, newSecret } from "@messenger/chat/WebhookSignature"
import { describe, expect, it } from "@effect/vitest"
import { Redacted } from "effect"
import { Webhook } from "standardwebhooks"

const body = '{"type":"message.posted","text":"naïve – 你好 👋"}'

describe("the signature of a delivery", () => {
  it("is accepted by a receiver that uses the reference implementation of Standard Webhooks", () => {
    const secret = newSecret()
    const headers = headersOf(secret, { id: "delivery-1", at: Date.now(), body })
    expect(new Webhook(Redacted.value(secret)).verify(body, { ...headers })).toEqual(JSON.parse(body))
  })

  it("is that of the specification's example", () => {
    const secret = Redacted.make("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    const id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    const signed = headersOf(secret, { id, at: 1_614_265_330_000, body: '{"test": 2432232314}' })
    expect(signed).toEqual({
      "webhook-id": id,
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    })
  })

  it.each([
    ["another body", { body: `${body} ` }],
    ["another id", { headers: { "webhook-id": "delivery-2" } }],
    ["another time", { headers: { "webhook-timestamp": String(Math.floor(Date.now() / 1_000) - 60) } }]
  ])("fits no %s", (_what, changed: { readonly body?: string; readonly headers?: Record<string, string> }) => {
    const secret = newSecret()
    const headers = headersOf(secret, { id: "delivery-1", at: Date.now(), body })
    const verify = () =>
      new Webhook(Redacted.value(secret)).verify(changed.body ?? body, { ...headers, ...changed.headers })
    expect(verify).toThrow("No matching signature")
  })

  it("is made with 32 bytes of chance, other ones for each webhook", () => {
    const secrets = [newSecret(), newSecret()].map(Redacted.value)
    for (const secret of secrets) expect(Buffer.from(secret.slice("whsec_".length), "base64")).toHaveLength(32)
    expect(secrets[0]).not.toBe(secrets[1])
  })
})
