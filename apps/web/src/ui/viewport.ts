// The height the page may use. On an iPhone the keyboard covers the page instead of shrinking it, and only the visual viewport
// tells; elsewhere the two are the same.

/** Keeps `--visible-height` equal to what the reader can see, for as long as the page lives. */
export const followVisualViewport = (): void => {
  const viewport = window.visualViewport
  if (viewport === null) return
  const update = () => {
    // While the page is magnified the visual viewport is a window into it, and its layout must not follow.
    if (viewport.scale > 1.01) return
    document.documentElement.style.setProperty("--visible-height", `${viewport.height}px`)
    // The browser scrolls the page to bring the field into view; it fits already.
    if (window.scrollY > 0) window.scrollTo(0, 0)
  }
  viewport.addEventListener("resize", update)
  viewport.addEventListener("scroll", update)
  update()
}
