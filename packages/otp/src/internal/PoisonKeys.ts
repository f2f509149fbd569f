/** The keys of commands that crashed their actor alone. Bounded: the oldest is forgotten. */
const maxKeys = 128

export class PoisonKeys {
  private readonly keys = new Set<string>()

  add(key: string): void {
    this.keys.add(key)
    const [oldest] = this.keys
    if (this.keys.size > maxKeys && oldest !== undefined) this.keys.delete(oldest)
  }

  has(key: string): boolean {
    return this.keys.has(key)
  }
}
