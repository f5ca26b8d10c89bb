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
  private begun: number | undefined
  private hasLearned = false

  add(message: string, second: number): void {
    this.begun ??= second
    const { template, isNew } = this.miner.add(message)
    this.hasLearned ||= second - this.begun >= learningSeconds
    if (!this.hasLearned) return
    const known = this.candidates.get(template.id)
    if (known === undefined && !isNew) return
    const candidate = known ?? { firstAt: second, lastAt: second, count: 0, sample: message.slice(0, longestSample), name: '', isOpen: false }
    candidate.count++
    candidate.lastAt = Math.max(candidate.lastAt, second)
    if (!candidate.isOpen) candidate.name = template.words.join(' ').slice(0, longestSample)
    this.candidates.set(template.id, candidate)
  }

  /** Templates that are known; undefined while they are being learned. */
  state(): readonly (readonly string[])[] | undefined {
    return this.hasLearned ? this.miner.state() : undefined
  }

  restore(state: readonly (readonly string[])[]): void {
    this.miner.restore(state)
    this.hasLearned = true
  }

  /** What began, and what is over. */
  changes(second: number): NewErrorChange[] {
    const changes: NewErrorChange[] = []
    let open = 0
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
