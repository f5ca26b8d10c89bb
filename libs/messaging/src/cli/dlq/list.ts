import type { Reader } from '../../kafka/ports.js'
import type { Outcome } from '../command.js'
import { DeadLetters } from './letters.js'
import { counted, countsLine, iso } from './text.js'
import type { DeadLetterPlace } from './topic.js'

/** What a dead-letter topic holds, in figures. */
export interface TopicFigures {
  /** The dead-letter topic, with the namespace. */
  readonly topic: string
  readonly letters: number
  /** Not yet redriven. */
  readonly open: number
  /** Of records that had been redriven already when they were given up. */
  readonly againGivenUp: number
  /** When the first and the last of all was given up, ISO 8601. */
  readonly oldest: string | null
  readonly newest: string | null
  /** Letters by code and by consumer group; `open…`: those of them that are not yet redriven. */
  readonly codes: Readonly<Record<string, number>>
  readonly groups: Readonly<Record<string, number>>
  readonly openCodes: Readonly<Record<string, number>>
  readonly openGroups: Readonly<Record<string, number>>
  /** Records of the topic that are no letters. */
  readonly strangers: number
}

/** @throws MessagingError */
export async function list(reader: Reader, places: readonly DeadLetterPlace[]): Promise<Outcome> {
  const topics: TopicFigures[] = []
  for (const { at } of places) {
    const found = new DeadLetters(reader, at)
    await found.read()
    topics.push(figuresOf(found))
  }
  return { lines: topics.flatMap(linesOf), json: { topics, broken: [] } }
}

export function figuresOf(found: DeadLetters): TopicFigures {
  const { letters, strangers } = found
  const open = letters.filter((letter) => found.isOpen(letter))
  const [oldest, newest] = letters.reduce(([from, to], { failedAt }) => [Math.min(from, failedAt), Math.max(to, failedAt)], [Infinity, -Infinity])
  return {
    topic: found.at.topic,
    letters: letters.length,
    open: open.length,
    againGivenUp: letters.filter(({ redriveCount }) => redriveCount > 0).length,
    oldest: letters.length > 0 ? iso(oldest) : null,
    newest: letters.length > 0 ? iso(newest) : null,
    codes: counted(letters.map(({ code }) => code)),
    groups: counted(letters.map(({ group }) => group)),
    openCodes: counted(open.map(({ code }) => code)),
    openGroups: counted(open.map(({ group }) => group)),
    strangers,
  }
}

function linesOf({ topic, letters, open, againGivenUp, oldest, newest, openCodes, openGroups, strangers }: TopicFigures): string[] {
  const others = strangers > 0 ? [`  ${strangers} record(s) are no dead letters`] : []
  if (letters === 0) return [`${topic}: none`, ...others]
  return [
    `${topic}: ${letters} letter(s), ${open} not yet redriven, given up ${oldest} to ${newest}`,
    ...(open > 0 ? [`  by code:  ${countsLine(openCodes)}`, `  by group: ${countsLine(openGroups)}`] : []),
    ...(againGivenUp > 0 ? [`  ${againGivenUp} had been redriven before and failed again`] : []),
    ...others,
  ]
}
