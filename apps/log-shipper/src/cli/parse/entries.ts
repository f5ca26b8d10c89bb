import type { Line } from './lines.js'

/** The most bytes, and lines, of one entry. */
const maxChars = 1_048_576
const maxLines = 500

const nginxErrorBegins = /^\d{4}\/\d\d\/\d\d /
const apacheErrorBegins = /^\[[A-Z][a-z]{2} [A-Z][a-z]{2} /

/** How entries of a format begin, where they can have more than one line; undefined: each line is one. */
function beginningOf(format: string, first: string): RegExp | undefined {
  if (format === 'nginx.error' || (format === 'auto' && nginxErrorBegins.test(first))) return nginxErrorBegins
  if (format === 'apache.error' || (format === 'auto' && apacheErrorBegins.test(first))) return apacheErrorBegins
  return undefined
}

/** Joins the lines of error logs that do not begin an entry, such as those of a stack trace, to the entry before. */
export class Entries {
  private first: Line | undefined
  private begins: RegExp | undefined
  private others: string[] = []
  private chars = 0

  constructor(private readonly format: string) {}

  /** @returns the entry that ends before the line, if one does */
  add(line: Line): Line | undefined {
    const continues = this.begins !== undefined && this.others.length < maxLines && this.chars + line.text.length <= maxChars && !this.begins.test(line.text)
    if (this.first !== undefined && continues) {
      this.others.push(line.text)
      this.chars += line.text.length
      return undefined
    }
    const ended = this.end()
    this.first = line
    this.chars = line.text.length
    this.begins = beginningOf(this.format, line.text)
    return ended
  }

  /** @returns the last entry */
  end(): Line | undefined {
    const entry = this.first
    if (entry === undefined) return undefined
    const text = this.others.length === 0 ? entry.text : [entry.text, ...this.others].join('\n')
    this.first = undefined
    this.others = []
    return { ...entry, text }
  }
}
