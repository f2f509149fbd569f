// What has a browser keep an answer as a file.

/**
 * `Content-Disposition` for a file of that name (RFC 6266). What is not plain ASCII goes in the extended form (RFC 8187) beside a plain
 * one for clients that do not know it; neither has a character that ends the name early, leads to another folder, or is no text.
 */
export const attachment = (fileName: string): string => {
  const name = fileName.replaceAll(/[\p{C}/\\]/gu, "")
  const plain = name.replaceAll(/[^\x20-\x7e]+|["%]/g, "_")
  const extended = plain === name ? "" : `; filename*=UTF-8''${percentEncoded(name)}`
  return `attachment; filename="${plain}"${extended}`
}

// `encodeURIComponent` leaves four characters that are none of RFC 8187's `attr-char`.
const percentEncoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  )
