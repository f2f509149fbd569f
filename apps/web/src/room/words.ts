// What the box says in which a message is rewritten; it is loaded on demand, and its words with it.

/** The words of the box. */
export const words = {
  label: "Edit your message",
  save: "Save",
  conflict: "This message was changed meanwhile, on another device. It now says:",
  keepNewer: "Keep that",
  saveMine: "Save mine instead"
} as const
