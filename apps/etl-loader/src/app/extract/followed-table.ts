import type { Reader } from '@swipestream/messaging'
import type { ChangeColumn } from '../../domain/source-table.js'
import { sweepChecksums } from './checksum-sweep.js'
import { Increments } from './increments.js'
import { KeySweep } from './key-sweep.js'
import { readChunk } from './snapshot.js'
import type { TableWork } from './table-work.js'
import { TopicRows } from './topic-keys.js'

/** How long a snapshot keeps other tables waiting, in milliseconds. */
const sliceMs = 1_000

/** How far a snapshot has come. */
export interface SnapshotProgress {
  /** The table, as its topic is named. */
  readonly table: string
  readonly rows: number
  /** Rows about that there are, as the server says. */
  readonly estimate: number
  readonly rowsPerSecond: number
  /** About. */
  readonly secondsLeft: number
  readonly ended: boolean
}

/** What a table has to do next, and when. */
export class FollowedTable {
  readonly #topicRows: TopicRows
  readonly #increments: Increments | null
  #sweep: KeySweep | null = null
  /** By the monotonic clock; the first one is due at once. */
  #sweepAt = 0
  #told = false
  #completeAt: number | null = null
  #began: { readonly at: number; readonly rows: number } | null = null

  constructor(
    readonly work: TableWork,
    private readonly reader: Reader,
    private readonly onProgress: (progress: SnapshotProgress) => void,
    private readonly onNotice: (notice: string, details: Readonly<Record<string, unknown>>) => void,
  ) {
    this.#topicRows = new TopicRows(work.table, work.connection.registry)
    this.#increments = work.table.change === null ? null : new Increments(work, work.table.change)
  }

  /** By the monotonic clock: what had changed at the source by then is on the topic. Null: it never was whole in this session. */
  get completeAt(): number | null {
    return this.#completeAt
  }

  /** Does what is due. Gives whether more is due at once: a snapshot or a sweep goes on. */
  async goOn(): Promise<boolean> {
    const { work } = this
    if (work.position.kind === 'snapshot') return this.#snapshot()
    if (work.position.kind === 'watermark') return this.#follow()
    const began = performance.now()
    if (began < this.#sweepAt) return false
    await sweepChecksums(work, work.position.ranges, this.reader, this.#topicRows)
    this.#completeAt = began
    this.#sweepAt = performance.now() + work.options.sweepMs
    return false
  }

  async #snapshot(): Promise<boolean> {
    const { work } = this
    this.#began ??= { at: performance.now(), rows: work.rows }
    const until = performance.now() + sliceMs
    while (work.position.kind === 'snapshot' && performance.now() < until) await readChunk(work, work.position)
    const ended = (work.position as { readonly kind: string }).kind !== 'snapshot'
    const rowsPerSecond = Math.round((1000 * (work.rows - this.#began.rows)) / Math.max(1, performance.now() - this.#began.at))
    const left = ended ? 0 : Math.max(0, work.table.estimate - work.rows)
    this.onProgress({ table: work.topic.name, rows: work.rows, estimate: work.table.estimate, rowsPerSecond, secondsLeft: Math.ceil(left / Math.max(1, rowsPerSecond)), ended })
    return true
  }

  async #follow(): Promise<boolean> {
    const { work } = this
    const increments = this.#increments
    if (work.position.kind !== 'watermark' || increments === null) return false
    const began = performance.now()
    const { behind, seesTransactions } = await increments.read(work.position)
    this.#completeAt = began - 1_000 * behind
    this.#tell(work.table.change as ChangeColumn, behind, seesTransactions)
    if (work.table.deletes !== 'sweep') return false
    if (this.#sweep === null && performance.now() >= this.#sweepAt) this.#sweep = new KeySweep(work, this.reader, this.#topicRows, (key) => increments.forget(key))
    if (this.#sweep === null) return false
    if (!(await this.#sweep.goOn())) return true
    this.#sweep = null
    this.#sweepAt = performance.now() + work.options.sweepMs
    return false
  }

  #tell({ name, indexed }: ChangeColumn, behind: number, seesTransactions: boolean): void {
    if (this.#told) return
    this.#told = true
    const table = this.work.topic.name
    if (!seesTransactions) this.onNotice('open transactions cannot be seen: a row that commits later than the overlap after its change is missed. Grant PROCESS, or raise ETL_OVERLAP_SECONDS', { table, overlapSeconds: behind })
    if (!indexed) this.onNotice('no index begins with the change column: each look for changes reads the whole table', { table, changeColumn: name })
  }
}
