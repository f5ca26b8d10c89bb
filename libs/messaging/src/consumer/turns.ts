/** Lets so many go on at a time, and the others in the order in which they came. */
export class Turns {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(atOnce: number) {
    this.#free = atOnce
  }

  /** Resolves when it is one's turn: call what it gives when that is over. null when the signal is aborted first. */
  async take(signal: AbortSignal): Promise<(() => void) | null> {
    if (signal.aborted) return null
    if (this.#free > 0) this.#free--
    else if (!(await this.#called(signal))) return null
    let over = false
    return () => {
      if (over) return
      over = true
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }

  #called(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const called = () => {
        signal.removeEventListener('abort', left)
        resolve(true)
      }
      const left = () => {
        this.#waiting.splice(this.#waiting.indexOf(called), 1)
        resolve(false)
      }
      this.#waiting.push(called)
      signal.addEventListener('abort', left, { once: true })
    })
  }
}
