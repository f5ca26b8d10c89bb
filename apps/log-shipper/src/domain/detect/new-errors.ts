import { TemplateMiner } from './template-miner.js'

const maxTemplates = 1_000
/** What is logged in the first hour is held to be usual. Seconds. */
const learningSeconds = 3_600
/** A new error is told when it was logged so often within so many seconds. */
const enough = 3
const withinSeconds = 600
/** It is over when it was not logged for so long. */
const overSeconds = 600
/** Open at once: when more are new, somebody has deployed another program, and knows. */
const maxOpen = 5
const longestSample = 200

interface Candidate {
  firstAt: number
  lastAt: number
  count: number
  readonly sample: string
  name: string
  isOpen: boolean
}

export interface NewErrorChange {
  /** The error, words that differ left out. */
  readonly template: string
  readonly sample: string
  readonly count: number
  readonly isOpen: boolean
}

/** Notices errors whose like was not logged before. */
export class NewErrors {
  private readonly miner = new TemplateMiner(maxTemplates)
  private readonly candidates = new Map<number, Candidate>()
  /** Told before this process began, by name: when each was logged last, once a time is known. */
  private readonly reopened = new Map<string, { lastAt: number | undefined; count: number }>()
  private begun: number | undefined
  private hasLearned = false

  add(message: string, second: number): void {
    this.begun ??= second
    const { template, isNew } = this.miner.add(message)
    const again = this.reopened.size === 0 ? undefined : this.reopened.get(nameOf(template.words))
    if (again !== undefined) {
      again.lastAt = second
      again.count++
      return
    }
    this.hasLearned ||= second - this.begun >= learningSeconds
    if (!this.hasLearned) return
    const known = this.candidates.get(template.id)
    if (known === undefined && !isNew) return
    const candidate = known ?? { firstAt: second, lastAt: second, count: 0, sample: message.slice(0, longestSample), name: '', isOpen: false }
    candidate.count++
    candidate.lastAt = Math.max(candidate.lastAt, second)
    if (!candidate.isOpen) candidate.name = nameOf(template.words)
    this.candidates.set(template.id, candidate)
  }

  /** Templates that are known; undefined while they are being learned. */
  state(): readonly (readonly string[])[] | undefined {
    return this.hasLearned ? this.miner.state() : undefined
  }

  /** Goes on with an error that was told before. */
  reopen(name: string, count: number): void {
    this.reopened.set(name, { lastAt: undefined, count })
  }

  restore(state: readonly (readonly string[])[]): void {
    this.miner.restore(state)
    this.hasLearned = true
  }

  /** What began, and what is over. */
  changes(second: number): NewErrorChange[] {
    const changes: NewErrorChange[] = []
    for (const [name, error] of this.reopened) {
      error.lastAt ??= second
      if (second - error.lastAt < overSeconds) continue
      this.reopened.delete(name)
      changes.push({ template: name, sample: '', count: error.count, isOpen: false })
    }
    let open = this.reopened.size
    for (const { isOpen } of this.candidates.values()) if (isOpen) open++
    for (const [id, candidate] of this.candidates) {
      const { firstAt, lastAt, count, sample, name, isOpen } = candidate
      if (isOpen) {
        if (second - lastAt < overSeconds) continue
        this.candidates.delete(id)
        changes.push({ template: name, sample, count, isOpen: false })
      } else if (count >= enough && lastAt - firstAt <= withinSeconds && open < maxOpen) {
        candidate.isOpen = true
        open++
        changes.push({ template: name, sample, count, isOpen: true })
      } else if (second - firstAt > withinSeconds) this.candidates.delete(id)
    }
    return changes
  }
}

function nameOf(words: readonly string[]): string {
  return words.join(' ').slice(0, longestSample)
}
