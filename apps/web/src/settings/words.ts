// What the settings say; they are loaded on demand, and their words with them.

/** The words of the settings. */
export const words = {
  title: "Settings",
  save: "Save",
  saved: "Saved.",
  change: "Change",
  password: "Your password",
  passwordHint: "To be sure that it is you.",
  missingPassword: "Please enter your password.",

  profile: {
    title: "Profile",
    hint: "How others see you, in everything you ever wrote.",
    name: "Display name",
    colour: "Colour",
    automatic: "Automatic",
    // In the order of the palette.
    colours: ["Rose", "Orange", "Amber", "Olive", "Green", "Mint", "Teal", "Sky", "Blue", "Violet", "Purple", "Pink"]
  },

  guest: {
    title: "Account",
    hint: "You are here as a guest: you can talk, make rooms, and choose your name and colour. With an account you keep them, can log in from anywhere, and can make private rooms.",
    register: "Create an account",
    login: "Log in with an account"
  },

  account: {
    title: "Account",
    username: "Username",
    email: "Email",
    emailHint: "Nobody else sees it. You can log in with it.",
    changeEmail: "Change your email address",
    newEmail: "New email",
    emailChanged: "Your email address is changed.",
    password: "Password",
    passwordHint: "When you change it, you are logged out everywhere else.",
    changePassword: "Change your password",
    newPassword: "New password",
    newPasswordHint: "At least 10 characters. A few words make a good one.",
    passwordChanged: "Your password is changed. Everywhere else you are logged out.",
    secret: "Known to you alone"
  },

  devices: {
    title: "Devices",
    hint: "Where you are logged in. Log out whatever you do not know.",
    current: "This device",
    unknown: "Unknown device",
    used: (when: string) => `Last used ${when}`,
    from: (address: string) => `from ${address}`,
    logout: "Log out",
    logoutThat: (device: string) => `Log out ${device}`,
    loggedOut: (device: string) => `${device} is logged out.`,
    others: "Log out all other devices",
    othersOut: "All other devices are logged out.",
    on: (browser: string, system: string) => `${browser} on ${system}`
  },

  remove: {
    title: "Delete your account",
    hint: "Your messages stay, as those of a deleted user. Your name, your email address and your devices are forgotten, and nobody can take your username for 90 days.",
    action: "Delete account…",
    ask: "Delete your account?",
    final: "This cannot be undone. Your messages stay, as those of a deleted user, and rooms go on without you.",
    submit: "Delete for good",
    keep: "Keep it"
  }
} as const
