/** What a webhook is called in a sentence: the server of its address. */
export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url)
