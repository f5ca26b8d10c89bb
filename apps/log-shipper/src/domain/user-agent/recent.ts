/** Keeps the answers that were asked for last, up to a number of them. */
export class Recent<V> {
  private readonly answers = new Map<string, V>()

  constructor(private readonly limit: number) {}

  /** The kept answer, or a new one, which is kept. */
  get(key: string, make: (key: string) => V): V {
    const known = this.answers.get(key)
    if (known !== undefined) {
      // A map remembers the order of insertion: what is asked for goes to the end.
      this.answers.delete(key)
      this.answers.set(key, known)
      return known
    }
    const made = make(key)
    if (this.answers.size >= this.limit) {
      const oldest = this.answers.keys().next()
      if (!oldest.done) this.answers.delete(oldest.value)
    }
    this.answers.set(key, made)
    return made
  }
}
