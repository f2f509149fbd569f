/**
 * Copies a text; answers whether it worked. The clipboard of the platform needs a secure context, which a page over plain http
 * on a local network is not: there the old command does it.
 */
export const copyText = async (text: string): Promise<boolean> => {
  if (window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      // Refused by the browser or its owner: the old way asks for no permission.
    }
  }
  return copyByCommand(text)
}

const copyByCommand = (text: string): boolean => {
  const field = document.createElement("textarea")
  field.value = text
  field.readOnly = true
  field.className = "sr-only"
  const focused = document.activeElement
  document.body.append(field)
  field.select()
  const isCopied = document.execCommand("copy")
  field.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return isCopied
}
