// How an exported conversation looks: the calm of the web client in one small sheet, by day, by night and on paper.

/** The style sheet. It names no address, so that the page fetches nothing. */
export const exportStyle = `
:root {
  color-scheme: light dark;
  --canvas: light-dark(oklch(0.988 0.003 85), oklch(0.205 0.008 270));
  --line: light-dark(oklch(0.908 0.006 85), oklch(0.3 0.01 270));
  --strong: light-dark(oklch(0.24 0.012 270), oklch(0.95 0.005 270));
  --normal: light-dark(oklch(0.32 0.012 270), oklch(0.86 0.01 270));
  --muted: light-dark(oklch(0.48 0.012 270), oklch(0.69 0.01 270));
  --accent: light-dark(oklch(0.48 0.17 268), oklch(0.76 0.12 268));
  --soft: light-dark(oklch(0.942 0.028 268), oklch(0.29 0.055 268));
  font: 15px/1.45 "Inter Variable", Inter, ui-sans-serif, system-ui, sans-serif;
  background: var(--canvas);
  color: var(--normal);
  -webkit-text-size-adjust: 100%;
}
* { box-sizing: border-box; margin: 0; padding: 0; }
body { max-width: 52rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 2rem; font-weight: 620; letter-spacing: -0.015em; color: var(--strong); }
.topic { margin-top: 0.25rem; }
.facts { margin-top: 0.5rem; font-size: 0.8125rem; line-height: 1.125rem; color: var(--muted); }
section { margin-top: 1.5rem; content-visibility: auto; contain-intrinsic-size: auto 40rem; }
h2 {
  position: sticky; top: 0; padding: 0.5rem 0; border-bottom: 1px solid var(--line); background: var(--canvas);
  font-size: 0.8125rem; line-height: 1.125rem; font-weight: 600; color: var(--strong);
}
ol { list-style: none; }
li { display: grid; grid-template-columns: 3.25rem minmax(0, 1fr); padding: 0.0625rem 0; scroll-margin-top: 3rem; }
li.opens { margin-top: 0.875rem; }
li:target { background: var(--soft); }
.at {
  padding-top: 0.1875rem; font-size: 0.75rem; line-height: 1rem; font-variant-numeric: tabular-nums;
  color: var(--muted); text-decoration: none;
}
.at:hover, .at:focus-visible { color: var(--accent); text-decoration: underline; }
.by { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.5rem; }
.by b { font-weight: 600; color: var(--strong); }
.by span, .edited { font-size: 0.75rem; line-height: 1rem; color: var(--muted); }
.by .kind { padding: 0 0.3125rem; border: 1px solid var(--line); border-radius: 6px; }
.text { max-width: 72ch; white-space: pre-wrap; tab-size: 4; unicode-bidi: plaintext; overflow: clip; overflow-clip-margin: 3px; }
.gone { font-style: italic; color: var(--muted); }
.text a { color: var(--accent); text-underline-offset: 0.15em; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.none, footer { margin-top: 2rem; color: var(--muted); }
footer { padding-top: 0.75rem; border-top: 1px solid var(--line); font-size: 0.8125rem; line-height: 1.125rem; }
@media (max-width: 40rem) { body { padding: 1.25rem 1rem 2rem; } }
@media print {
  :root { color-scheme: light; font-size: 10.5pt; --canvas: white; --normal: black; --strong: black; --muted: #444; --accent: black; }
  body { max-width: none; padding: 0; }
  section { content-visibility: visible; }
  h2 { position: static; break-after: avoid; }
  li.opens, .by { break-inside: avoid; break-after: avoid-page; }
  li { break-inside: avoid-page; }
}
`
