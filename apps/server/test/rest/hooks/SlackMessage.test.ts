import { describe, expect, it } from "@effect/vitest"
import { parseMessageText } from "@messenger/protocol/Message"
import { read } from "../../../src/rest/hooks/SlackMessage.ts"

const textOf = (body: unknown) => read(body).text

describe("the text of a Slack message", () => {
  it.each([
    ["plain, as it is", "plain, as it is"],
    ["<https://example.org/a?b=1&amp;c=2>", "https://example.org/a?b=1&c=2"],
    ["see <https://example.org/a|the log>.", "see the log (https://example.org/a)."],
    ["<https://example.org|example.org>", "https://example.org"],
    ["<https://example.org/|https://example.org/>", "https://example.org/"],
    ["<https://example.org/?q=1&amp;r=2|a &lt; b>", "a < b (https://example.org/?q=1&r=2)"],
    ["<mailto:ada@example.org|ada@example.org>", "ada@example.org"],
    ["<mailto:ada@example.org|write to Ada>", "write to Ada (ada@example.org)"],
    ["<!here> <!channel> <!everyone>", "@here @channel @everyone"],
    ["<!here|here>", "here"],
    ["<!subteam^S0123|@oncall> <!subteam^S0123>", "@oncall @team"],
    ["<@U024BE7LH> <@U024BE7LH|ada> <#C024BE7LR|general> <#C1>", "@U024BE7LH @ada #general #C1"],
    ["<!date^1392734382^{date}|Feb 18, 2014>", "Feb 18, 2014"],
    ["1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"],
    ["&amp;lt; &amp;amp; &quot;", "&lt; &amp; &quot;"],
    ["if a < b and c > d", "if a < b and c > d"],
    ["a <b> c <i> d", "a <b> c <i> d"],
    ["*bold* _it_ ~no~ `code` ```block```", "*bold* _it_ ~no~ `code` ```block```"],
    [":fire: firing :no_such_emoji: at 10:100:20, ratio:+1:x", "🔥 firing :no_such_emoji: at 10:100:20, ratio:+1:x"],
    ["constructor :constructor: :__proto__:", "constructor :constructor: :__proto__:"],
    ["  trimmed\r\n\r\ntwice  \n", "trimmed\n\ntwice"],
    ["colour \u001b[31mred\u001b[0m\u0000 \ud800", "colour [31mred[0m \ufffd"],
    [42, "42"]
  ])("%s", (text, plain) => expect(textOf({ text })).toBe(plain))

  it("is cut with an ellipsis rather than refused", () => {
    const long = textOf({ text: "👻".repeat(5_000) })
    expect(Array.from(long).length).toBe(4_000)
    expect(long.endsWith("👻…")).toBe(true)
    expect(parseMessageText(long)).toBe(long)
    const exact = "x".repeat(4_000)
    expect(textOf({ text: exact })).toBe(exact)
  })

  it.each([
    [null],
    [undefined],
    ["text"],
    [5],
    [[]],
    [{}],
    [{ text: "" }],
    [{ text: { deep: 1 } }],
    [{ blocks: [null, 5, {}] }]
  ])("says nothing when there is nothing in it: %j", (body) => expect(read(body)).toEqual({ text: "" }))
})

describe("the sender of a Slack message", () => {
  const aliasOf = (username: unknown, icon_emoji?: unknown) => read({ text: "x", username, icon_emoji }).alias

  it("is shown by the name and the emoji that the message says", () => {
    expect(aliasOf("Grafana", ":ghost:")).toEqual({ name: "Grafana", emoji: "👻" })
    expect(aliasOf("Grafana", "+1")).toEqual({ name: "Grafana", emoji: "👍" })
    expect(aliasOf("Grafana", ":wave::skin-tone-3:")).toEqual({ name: "Grafana", emoji: "👋" })
    expect(aliasOf(" build \n bot ")).toEqual({ name: "build bot" })
  })

  it("has no emoji when none is called so", () => {
    for (const icon of [":unknown_thing:", "", ":", "::", ":toString:", "https://example.org/x.png", 5, null])
      expect(aliasOf("Grafana", icon)).toEqual({ name: "Grafana" })
  })

  it("has a name of what can be one, and none when nothing can", () => {
    expect(aliasOf("x".repeat(100))).toEqual({ name: "x".repeat(40) })
    expect(aliasOf("Gra\u202Efana\u0000")).toEqual({ name: "Grafana" })
    for (const username of ["", "  ", "\u200b", "\u0301", null, {}, []]) expect(aliasOf(username)).toBe(undefined)
    expect(aliasOf("", ":ghost:")).toEqual({ emoji: "👻" })
  })
})

describe("attachments", () => {
  it("are a hundred at the most, and what is none of them is passed over", () => {
    const attachments = [0, null, "x", ...Array.from({ length: 200 }, (_, at) => ({ text: `${at}` }))]
    expect(textOf({ attachments }).split("\n\n")).toEqual(Array.from({ length: 100 }, (_, at) => `${at}`))
  })

  it("of Alertmanager say their title with its link, and their text", () => {
    expect(
      textOf({
        channel: "#alerts",
        username: "alertmanager",
        attachments: [
          {
            title: "[FIRING:2] HighLatency api (prod)",
            title_link: "https://alerts.example.org/#/alerts?receiver=slack&filter=x",
            text: "*Alert:* p99 above 2s\n*Runbook:* <https://run.example.org/latency|latency>",
            fallback: "[FIRING:2] HighLatency | https://alerts.example.org",
            callback_id: "x",
            footer: "",
            color: "danger",
            mrkdwn_in: ["fallback", "pretext", "text"],
            fields: [
              { title: "severity", value: "critical", short: true },
              { title: "instance", value: "10.0.0.1:9100", short: true }
            ]
          }
        ]
      })
    ).toBe(
      [
        "[FIRING:2] HighLatency api (prod) (https://alerts.example.org/#/alerts?receiver=slack&filter=x)",
        "*Alert:* p99 above 2s",
        "*Runbook:* latency (https://run.example.org/latency)",
        "severity: critical",
        "instance: 10.0.0.1:9100"
      ].join("\n")
    )
  })

  it("of Grafana follow the text", () => {
    expect(
      textOf({
        text: "",
        username: "Grafana",
        icon_emoji: "",
        attachments: [
          {
            color: "#D63232",
            title: "[Alerting] CPU load alert",
            title_link: "http://grafana.example.org/d/abc?tab=alert&viewPanel=2",
            text: "CPU is above 90 %",
            fallback: "[Alerting] CPU load alert",
            fields: [{ title: "web-1", value: 97.2, short: true }],
            image_url: "http://grafana.example.org/render.png",
            footer: "Grafana v7.5.0",
            ts: 1_617_182_812
          }
        ]
      })
    ).toBe(
      "[Alerting] CPU load alert (http://grafana.example.org/d/abc?tab=alert&viewPanel=2)\nCPU is above 90 %\nweb-1: 97.2"
    )
  })

  it("in the manner of GitHub say what happened before what it is", () => {
    expect(
      textOf({
        text: "Deploy of <https://git.example.org/a/b|a/b>",
        attachments: [
          {
            fallback: "[a/b] 1 new commit",
            pretext: "[<https://git.example.org/a/b|a/b>:main] 1 new commit by ada",
            text: "<https://git.example.org/a/b/commit/3f2c|`3f2c`> - Fix &lt;title&gt;"
          },
          { title: "only a title" },
          { fallback: "only a fallback" },
          {}
        ]
      })
    ).toBe(
      [
        "Deploy of a/b (https://git.example.org/a/b)",
        "[a/b (https://git.example.org/a/b):main] 1 new commit by ada",
        "`3f2c` (https://git.example.org/a/b/commit/3f2c) - Fix <title>",
        "only a title",
        "only a fallback"
      ].join("\n\n")
    )
  })
})

describe("blocks", () => {
  it("in the manner of Sentry stand in place of the text, with their buttons as links", () => {
    expect(
      textOf({
        text: "[web] TypeError: x is undefined",
        blocks: [
          { type: "header", text: { type: "plain_text", text: ":red_circle: TypeError <anonymous>", emoji: true } },
          {
            type: "section",
            block_id: "b1",
            text: { type: "mrkdwn", text: "<https://sentry.example.org/issues/1/|*x is undefined*>" },
            fields: [
              { type: "mrkdwn", text: "*Project:* web" },
              { type: "plain_text", text: "Level: error" }
            ],
            accessory: {
              type: "button",
              text: { type: "plain_text", text: "Open" },
              url: "https://sentry.example.org/o"
            }
          },
          { type: "divider" },
          {
            type: "context",
            elements: [
              { type: "image", image_url: "https://x.example/i.png", alt_text: "web" },
              { type: "mrkdwn", text: "via <https://sentry.example.org/rules/1|a rule>" }
            ]
          },
          {
            type: "actions",
            elements: [
              { type: "button", text: { type: "plain_text", text: "Resolve" }, value: "resolve" },
              {
                type: "button",
                text: { type: "plain_text", text: "View" },
                url: "https://sentry.example.org/issues/1/"
              }
            ]
          },
          { type: "image", image_url: "https://x.example/graph.png", alt_text: "graph" }
        ]
      })
    ).toBe(
      [
        "🔴 TypeError <anonymous>",
        "*x is undefined* (https://sentry.example.org/issues/1/)\n*Project:* web\nLevel: error\nOpen (https://sentry.example.org/o)",
        "———",
        "web · via a rule (https://sentry.example.org/rules/1)",
        "View (https://sentry.example.org/issues/1/)",
        "graph (https://x.example/graph.png)"
      ].join("\n\n")
    )
  })

  it("of rich text say what is in them", () => {
    const section = (...elements: ReadonlyArray<unknown>) => ({ type: "rich_text_section", elements })
    expect(
      textOf({
        blocks: [
          {
            type: "rich_text",
            elements: [
              section(
                { type: "text", text: "Hello " },
                { type: "emoji", name: "wave" },
                { type: "text", text: " see " },
                { type: "link", url: "https://example.org", text: "this" }
              ),
              {
                type: "rich_text_list",
                elements: [section({ type: "text", text: "one" }), section({ type: "broadcast", range: "here" })]
              }
            ]
          }
        ]
      })
    ).toBe("Hello 👋 see this (https://example.org)\n• one\n• @here")
  })

  it("that are nested without end are read to a depth", () => {
    let nested: unknown = { type: "text", text: "deep" }
    for (let depth = 0; depth < 4_000; depth++) nested = { type: "rich_text_section", elements: [nested] }
    expect(textOf({ text: "kept", blocks: [{ type: "rich_text", elements: [nested] }] })).toBe("kept")
  })

  it("inside attachments are read too, and the text stays when blocks say nothing", () => {
    expect(
      textOf({
        text: "kept",
        blocks: [{ type: "actions", elements: [] }],
        attachments: [
          { color: "#f00", blocks: [{ type: "section", text: { type: "mrkdwn", text: "inner" } }], fallback: "no" }
        ]
      })
    ).toBe("kept\n\ninner")
  })
})
