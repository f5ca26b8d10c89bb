/** Lets so many go on at a time, and the others in the order in which they came. */
export class Turns {
  #atOnce: number
  #begun = 0
  readonly #waiting: (() => void)[] = []

  constructor(atOnce = 1) {
    this.#atOnce = atOnce
  }

  /** From now on; who has begun goes on. */
  set atOnce(atOnce: number) {
    this.#atOnce = atOnce
    this.#callNext()
  }

  /** Resolves when it is one's turn: call what it gives when that is over. null when the signal is aborted first. */
  async take(signal: AbortSignal): Promise<(() => void) | null> {
    if (signal.aborted) return null
    if (this.#begun < this.#atOnce) this.#begun++
    else if (!(await this.#called(signal))) return null
    let over = false
    return () => {
      if (over) return
      over = true
      this.#begun--
      this.#callNext()
    }
  }

  #callNext(): void {
    while (this.#begun < this.#atOnce) {
      const next = this.#waiting.shift()
      if (!next) return
      this.#begun++
      next()
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
