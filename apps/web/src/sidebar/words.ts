// What the dialog for a new room says; it is loaded on demand, and its words with it.

/** The words of the dialog. */
export const words = {
  label: "Name of the room",
  placeholder: "for example, lunch",
  private: "Private",
  publicHint: "Everybody here can see it and join.",
  privateHint: "It exists only for you and those you add or invite.",
  guestHint: "Everybody here can see it and join. To make private rooms, create an account first.",
  submit: "Create room",
  openExisting: "Open that room"
} as const
