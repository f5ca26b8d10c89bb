import type { LogLine } from '@swipestream/contracts'
import type { BatchContext, Received } from '@swipestream/messaging'
import { counter } from '@swipestream/platform'
import { documentId } from '../../domain/document-id.js'
import { dataStream } from '../../domain/index-template/data-stream.js'
import { parseEntry } from '../../domain/parse/parse-entry.js'
import type { ParseContext } from '../../domain/parse/parser.js'
import { SeenBefore } from '../../domain/seen/seen-before.js'
import type { Created, LogIndex, NewDocument } from '../../elasticsearch/log-index.js'
import { LogError } from '../../errors.js'

/** Records of one partition at a time. */
export const batchSize = 1_000

const indexed = counter({ name: 'log_entries_indexed_total', help: 'Entries that were created in the index, and those that it had already', labels: ['result'] as const })
const unparsed = counter({ name: 'log_entries_unparsed_total', help: 'Entries that are not of their format, and were indexed as they are', labels: ['reason'] as const })

type Index = Pick<LogIndex, 'create' | 'existing'>

/** A partition that is assigned: the signal is another one after each assignment. */
interface Assigned {
  readonly signal: AbortSignal
  readonly seen: SeenBefore
  /** What the index answered for a batch of which it refused something: its records come again, one by one. */
  answers: ReadonlyMap<string, Created>
}

const noAnswers: ReadonlyMap<string, Created> = new Map()

/** Makes documents of log entries, and sees to it that each is in the index once. */
export class IndexLogs {
  private readonly assigned = new Map<number, Assigned>()

  /** @param parsing but for the clock, which is when each entry was read */
  constructor(
    private readonly index: Index,
    private readonly namespace: string,
    private readonly parsing: Omit<ParseContext, 'now'>,
  ) {}

  /**
   * @throws LogError LOG_INDEX_REFUSED when the index refuses a document for good: the records are then handled one by
   * one, and the one at fault goes to the dead-letter topic; LOG_INDEX_UNAVAILABLE, LOG_INDEX_FORBIDDEN, LOG_INDEX_FAILED
   */
  async run(batch: readonly Received<LogLine>[], { partition, signal }: Pick<BatchContext, 'partition' | 'signal'>): Promise<void> {
    const at = this.at(partition, signal)
    const documents = batch.map(({ value }) => this.documentOf(value))
    const standings = batch.map(({ value }) => ({ file: `${value.file_key}:${value.generation}`, offset: value.offset, endOffset: value.end_offset }))
    const isAnswered = documents.every(({ id }) => at.answers.has(id))
    const created = isAnswered ? documents.map(({ id }) => at.answers.get(id) ?? 'there') : await this.created(documents, at.seen.doubtful(standings), at.seen)
    const refused = created.find((result) => typeof result === 'object')
    if (refused !== undefined) {
      if (!isAnswered) at.answers = new Map(documents.map(({ id }, i) => [id, created[i] ?? 'there']))
      throw new LogError('LOG_INDEX_REFUSED', `Elasticsearch refuses the entry for good: ${refused.refused}`)
    }
    if (!isAnswered) at.answers = noAnswers
    const wasThere = created.map((result) => result === 'there')
    at.seen.answered(standings, wasThere)
    const before = wasThere.filter(Boolean).length
    indexed.inc({ result: 'there' }, before)
    indexed.inc({ result: 'created' }, created.length - before)
  }

  private at(partition: number, signal: AbortSignal): Assigned {
    const known = this.assigned.get(partition)
    if (known?.signal === signal) return known
    const made = { signal, seen: new SeenBefore(batchSize), answers: noAnswers }
    this.assigned.set(partition, made)
    return made
  }

  private documentOf(line: LogLine): NewDocument {
    const { message, path, offset, format, truncated, host, service } = line
    const { document, reason } = parseEntry({ message, path, offset, format, truncated, host, service, readAt: line.read_at }, { ...this.parsing, now: line.read_at })
    if (reason !== undefined) unparsed.inc({ reason })
    return { stream: dataStream(document.event.dataset, this.namespace), id: documentId(line), document }
  }

  private async created(documents: readonly NewDocument[], doubtful: readonly boolean[], seen: SeenBefore): Promise<Created[]> {
    const asked = documents.filter((_, i) => doubtful[i]).map(({ id }) => id)
    const there = asked.length === 0 ? new Set<string>() : await this.index.existing(asked)
    const missing = documents.filter(({ id }) => !there.has(id))
    try {
      const results = await this.index.create(missing)
      let next = 0
      return documents.map(({ id }) => (there.has(id) ? 'there' : (results[next++] ?? 'there')))
    } catch (error) {
      seen.unanswered()
      throw error
    }
  }
}
