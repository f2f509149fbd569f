// Every word of the pages of those who run the server: apart from texts.ts, since it is loaded with these pages only.

/** The words, by place. */
export const words = {
  sections: { people: "People", invitations: "Invitations", programs: "Programs", audit: "Audit log" }
} as const
