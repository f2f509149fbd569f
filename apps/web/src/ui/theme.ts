// Light and dark: the system's choice, unless the reader forces one on this device. public/theme.js applies it before paint.
import { createSignal } from "solid-js"
import { forget, recall, remember } from "./device.ts"

/** What a reader may choose. */
export const themes = ["system", "light", "dark"] as const
export type Theme = (typeof themes)[number]

const isTheme = (value: string | undefined): value is Theme => themes.some((theme) => theme === value)

const remembered = recall("theme")
const [theme, setTheme] = createSignal<Theme>(isTheme(remembered) ? remembered : "system")

export { theme }

/** Forces a theme, or goes back to the system's. */
export const chooseTheme = (chosen: string): void => {
  if (!isTheme(chosen)) return
  setTheme(chosen)
  if (chosen === "system") {
    forget("theme")
    delete document.documentElement.dataset.theme
  } else {
    remember("theme", chosen)
    document.documentElement.dataset.theme = chosen
  }
}
