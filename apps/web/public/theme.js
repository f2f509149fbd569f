// The theme the reader forced on this device, if any, before anything is painted. Written by src/ui/theme.ts.
try {
  const theme = localStorage.getItem("messenger:theme")
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme
} catch {
  // A browser that keeps nothing for this page shows the system's theme.
}
