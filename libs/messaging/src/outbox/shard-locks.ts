import type { Client } from 'pg'

/** As the outbox's migration computes `shard`. */
export const shardCount = 16
const everyShard = Array.from({ length: shardCount }, (_, shard) => shard)

/**
 * Every relay holds this lock, shared with the others, so that they can count each other. A relay of before there were
 * shards held it alone: neither publishes beside the other. The ASCII codes of "outbox".
 */
const membership = 0x6f7574626f78
const membershipHalves = [Math.floor(membership / 2 ** 32), membership % 2 ** 32] as const
/** First half of the lock of a shard, whose number is the second: the ASCII codes of "outb". */
const shardClass = 0x6f757462

/**
 * The shards that one relay's database session holds, by advisory locks: they are free the moment the session ends.
 * The relays have no leader; each knows from the list of locks how many they are, and takes its part.
 */
export class ShardLocks {
  readonly #session: Client
  #locked: readonly number[] = []
  /** Those of them that came with the last call of `share`. */
  #settling: readonly number[] = []
  #others: boolean

  /** @param others whether there were other relays when this one last looked, in an earlier session. */
  constructor(session: Client, others = false) {
    this.#session = session
    this.#others = others
  }

  /** Whether there were other relays at the last look. */
  get others(): boolean {
    return this.#others
  }

  /** Whose rows this relay publishes. */
  get owned(): readonly number[] {
    return this.#locked.filter((shard) => !this.#settling.includes(shard))
  }

  /** Becomes one of the relays; false as long as one of the earlier kind is at work. */
  async join(): Promise<boolean> {
    const { rows } = await this.#session.query<{ joined: boolean }>('SELECT pg_try_advisory_lock_shared($1::bigint) AS joined', [membership])
    return rows[0]?.joined === true
  }

  /**
   * Gives up what is more than this relay's part, and locks what is free up to it. Call it when nothing is being
   * published, and about once a second: where there are other relays, or were at the last look, what was locked is owned
   * from the next call on. A request that its last owner, cut off, had sent to Kafka has arrived by then.
   *
   * @returns the shards that are owned from now on
   */
  async share(): Promise<readonly number[]> {
    const { self, relays, taken } = await this.#look()
    const part = partOf(relays.indexOf(self), relays.length)
    if (this.#locked.length > part) await this.#release(this.#locked.slice(part))
    const settled = this.#settling.filter((shard) => this.#locked.includes(shard))
    const came = await this.#take(everyShard.filter((shard) => !taken.includes(shard)).slice(0, part - this.#locked.length))
    // One that was cut off is in no list any more.
    const waits = relays.length > 1 || this.#others
    this.#others = relays.length > 1
    this.#settling = waits ? came : []
    return waits ? settled : [...settled, ...came]
  }

  /** Which sessions are relays', and which shards are anybody's. */
  async #look(): Promise<{ readonly self: number; readonly relays: readonly number[]; readonly taken: readonly number[] }> {
    const { rows } = await this.#session.query<{ self: number; relays: number[]; taken: number[] }>({
      name: 'outbox-shards',
      text: `
        SELECT pg_backend_pid() AS self,
          coalesce(array_agg(pid ORDER BY pid) FILTER (WHERE objsubid = 1 AND classid = $1::bigint::oid AND objid = $2::bigint::oid), '{}') AS relays,
          coalesce(array_agg(objid::bigint::int) FILTER (WHERE objsubid = 2 AND classid = $3::bigint::oid), '{}') AS taken
        FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      values: [...membershipHalves, shardClass],
    })
    return rows[0] ?? { self: 0, relays: [], taken: [] }
  }

  async #take(shards: readonly number[]): Promise<readonly number[]> {
    if (shards.length === 0) return []
    const { rows } = await this.#session.query<{ shard: number }>(
      'SELECT shard FROM unnest($2::int[]) AS wanted (shard) WHERE pg_try_advisory_lock($1::int, shard)',
      [shardClass, shards],
    )
    const came = rows.map(({ shard }) => shard)
    this.#locked = [...this.#locked, ...came]
    return came
  }

  async #release(shards: readonly number[]): Promise<void> {
    this.#locked = this.#locked.filter((shard) => !shards.includes(shard))
    await this.#session.query('SELECT pg_advisory_unlock($1::int, shard) FROM unnest($2::int[]) AS surplus (shard)', [shardClass, shards])
  }
}

/** How many shards the relay of this rank, from 0, has of so many relays: they differ by one at the most. */
export function partOf(rank: number, relays: number): number {
  if (rank < 0) return 0
  return Math.floor(shardCount / relays) + (rank < shardCount % relays ? 1 : 0)
}
