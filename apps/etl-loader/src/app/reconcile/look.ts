import { bucketOf, Checksum } from '../../domain/checksum.js'
import { isAsBefore, isEqual, type RowAtPlaces } from '../../domain/row-difference.js'
import type { TableSum } from '../../warehouse/warehouse.js'
import type { Place, Places, TopicRows } from './places.js'

/** How much is in memory at once. */
export interface LookLimits {
  /** Keys of a topic: about 130 bytes each. Of a topic with more, all of it is read once for each so many. */
  readonly keys: number
  /** Rows of source and warehouse that are compared one by one. */
  readonly compared: number
  /** Rows that differ and are remembered: about 300 bytes each. */
  readonly different: number
}

const usualLimits: LookLimits = { keys: 500_000, compared: 200_000, different: 100_000 }

/** What was seen of a table at all places, each at a moment of its own. */
export interface Look {
  readonly source: Checksum | null
  readonly topic: Checksum
  readonly warehouse: Checksum
  /** Rows that differ, by key: because something is wrong, or because they are on their way. */
  readonly different: ReadonlyMap<string, RowAtPlaces>
  /** Whether these are all; else the table has yet more. */
  readonly complete: boolean
  /** Rows that wait in the quarantine, and are in none of the sums. */
  readonly leftOut: number
}

/** Looks at all rows: sums by bucket first, and one by one those of buckets whose sums differ. */
export async function look(places: Places, limits = usualLimits): Promise<Look> {
  const source = places.source === null ? null : await places.source.totals()
  const warehouse = await places.warehouse.totals()
  const passes = Math.max(1, Math.ceil(Math.max(...[source, warehouse].map(rowsOf)) / limits.keys))
  const seen = new Seen(places, limits.different)
  for (let pass = 0; pass < passes; pass++) {
    const inPass = (bucket: string): boolean => Number.parseInt(bucket, 16) % passes === pass
    const topic = await places.topic.read((key) => inPass(bucketOf(key)))
    const totals = totalsOf(topic)
    const leftOut = new Set([...topic.refused, ...places.refused].map(bucketOf).filter(inPass))
    const differing: string[] = []
    for (const bucket of new Set([...totals.keys(), ...(source?.keys() ?? []), ...warehouse.keys(), ...leftOut])) {
      if (!inPass(bucket)) continue
      const sums = { source: source?.get(bucket), topic: totals.get(bucket), warehouse: warehouse.get(bucket) }
      const equal = same(sums.topic, sums.warehouse) && (source === null || same(sums.source, sums.topic))
      if (equal && !leftOut.has(bucket)) seen.add(sums)
      else differing.push(bucket)
    }
    for (const slice of sliced(differing, limits.compared, (bucket) => Math.max(warehouse.get(bucket)?.rows ?? 0, source?.get(bucket)?.rows ?? 0))) {
      if (!seen.isFull) await seen.compare(slice, topic)
      else for (const bucket of slice) seen.add({ source: source?.get(bucket), topic: totals.get(bucket), warehouse: warehouse.get(bucket) })
    }
  }
  return seen.look
}

function rowsOf(totals: ReadonlyMap<string, Checksum> | null): number {
  return [...(totals?.values() ?? [])].reduce((rows, total) => rows + total.rows, 0)
}

/**
 * Looks at the rows that differed once more. What differs no more, or in another way, was on its way: it is taken out of
 * the sums. What is as it was differs.
 */
export async function lookAgain(places: Places, before: Look): Promise<Look> {
  if (before.different.size === 0) return before
  const keys = before.different
  const topic = await places.topic.read((key) => keys.has(key))
  const buckets = new Set([...keys.keys()].map(bucketOf))
  const source = places.source === null ? null : await rowsIn(places.source, buckets, (key) => keys.has(key))
  const warehouse = await rowsIn(places.warehouse, buckets, (key) => keys.has(key))
  const sums = { source: before.source === null ? null : copied(before.source), topic: copied(before.topic), warehouse: copied(before.warehouse) }
  const different = new Map<string, RowAtPlaces>()
  for (const [key, then] of keys) {
    const now = { source: source === null ? undefined : (source.get(key) ?? null), topic: topic.rows.get(key) ?? null, warehouse: warehouse.get(key) ?? null }
    if (isAsBefore(then, now) && !topic.refused.has(key) && !places.refused.has(key)) {
      different.set(key, then)
      continue
    }
    for (const place of placeNames) for (const md5 of md5sOf(then[place])) sums[place]?.subtract(md5)
  }
  return { ...before, ...sums, different }
}

const placeNames = ['source', 'topic', 'warehouse'] as const

/** The rows of buckets by key; of a key that is there more than once, all of them, one after another. */
async function rowsIn(place: Place, buckets: ReadonlySet<string>, wanted: (key: string) => boolean = () => true): Promise<Map<string, string>> {
  const rows = new Map<string, string>()
  await place.rows(buckets, (key, row) => {
    if (!wanted(key)) return
    const known = rows.get(key)
    rows.set(key, known === undefined ? row : [...known.split(' '), row].sort().join(' '))
  })
  return rows
}

function md5sOf(rows: string | null | undefined): readonly string[] {
  return rows === null || rows === undefined ? [] : rows.split(' ')
}

/** Rows and checksum as they are published. */
export function sumOf({ rows, text: checksum }: Checksum): TableSum {
  return { rows, checksum }
}

function copied(sum: Checksum): Checksum {
  const copy = new Checksum()
  copy.addAll(sum)
  return copy
}

function same(one: Checksum | undefined, other: Checksum | undefined): boolean {
  return (one?.rows ?? 0) === (other?.rows ?? 0) && one?.text === other?.text
}

function totalsOf({ rows }: TopicRows): Map<string, Checksum> {
  const totals = new Map<string, Checksum>()
  for (const [key, row] of rows) {
    const bucket = bucketOf(key)
    let total = totals.get(bucket)
    if (total === undefined) totals.set(bucket, (total = new Checksum()))
    total.add(row)
  }
  return totals
}

/** Buckets, as many at a time as have no more rows than are compared at once. */
function* sliced(buckets: readonly string[], most: number, sizeOf: (bucket: string) => number): Generator<Set<string>> {
  let slice = new Set<string>()
  let rows = 0
  for (const bucket of buckets) {
    slice.add(bucket)
    rows += sizeOf(bucket)
    if (rows < most) continue
    yield slice
    slice = new Set()
    rows = 0
  }
  if (slice.size > 0) yield slice
}

/** What a look has found so far. */
class Seen {
  readonly #places: Places
  readonly #sums = { source: new Checksum(), topic: new Checksum(), warehouse: new Checksum() }
  readonly #different = new Map<string, RowAtPlaces>()
  #leftOut = 0
  #isFull = false

  constructor(
    places: Places,
    private readonly mostDifferent: number,
  ) {
    this.#places = places
  }

  /** Takes sums as they are. */
  add(sums: { readonly [place in keyof RowAtPlaces]: Checksum | undefined }): void {
    for (const place of placeNames) if (sums[place] !== undefined) this.#sums[place].addAll(sums[place])
  }

  /** Whether so much differs that the rest is of no interest. */
  get isFull(): boolean {
    return this.#isFull
  }

  get look(): Look {
    const { source, topic, warehouse } = this.#sums
    return { source: this.#places.source === null ? null : source, topic, warehouse, different: this.#different, complete: !this.#isFull, leftOut: this.#leftOut }
  }

  /** Compares the rows of buckets one by one. */
  async compare(buckets: ReadonlySet<string>, topic: TopicRows): Promise<void> {
    const { source, warehouse, refused, keepsDeleted } = this.#places
    const atSource = source === null ? undefined : await rowsIn(source, buckets)
    const inWarehouse = await rowsIn(warehouse, buckets)
    for (const key of keysOf(buckets, topic, refused, atSource, inWarehouse)) {
      const row: RowAtPlaces = { source: atSource === undefined ? undefined : (atSource.get(key) ?? null), topic: topic.rows.get(key) ?? null, warehouse: inWarehouse.get(key) ?? null }
      if (topic.refused.has(key) || refused.has(key)) this.#leftOut += topic.refused.has(key) || isSomewhere(row) ? 1 : 0
      else if (!(keepsDeleted && row.source === null && row.topic === row.warehouse)) this.#take(key, row)
    }
  }

  #take(key: string, row: RowAtPlaces): void {
    for (const place of placeNames) for (const md5 of md5sOf(row[place])) this.#sums[place].add(md5)
    if (isEqual(row)) return
    if (this.#different.size < this.mostDifferent) this.#different.set(key, row)
    else this.#isFull = true
  }
}

function isSomewhere({ source, topic, warehouse }: RowAtPlaces): boolean {
  return Boolean(source ?? topic ?? warehouse)
}

/** Every key of the buckets that one of the places has, once. */
function keysOf(buckets: ReadonlySet<string>, topic: TopicRows, refused: ReadonlySet<string>, ...rows: readonly (ReadonlyMap<string, string> | undefined)[]): Set<string> {
  const keys = new Set<string>()
  for (const some of [topic.rows.keys(), topic.refused, refused, ...rows.map((one) => one?.keys() ?? [])]) {
    for (const key of some) if (buckets.has(bucketOf(key))) keys.add(key)
  }
  return keys
}
