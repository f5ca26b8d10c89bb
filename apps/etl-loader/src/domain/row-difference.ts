/**
 * What the three places have of one key: the MD5 of its row's canonical text, null for no row; undefined where there is no
 * source. Of a key that has several rows, which it must not have, their MD5s in ascending order with blanks between.
 */
export interface RowAtPlaces {
  readonly source: string | null | undefined
  readonly topic: string | null
  readonly warehouse: string | null
}

export function isEqual({ source, topic, warehouse }: RowAtPlaces): boolean {
  return topic === warehouse && (source === undefined || source === topic)
}

/** Whether nothing has moved between two looks. */
export function isAsBefore(one: RowAtPlaces, other: RowAtPlaces): boolean {
  return one.source === other.source && one.topic === other.topic && one.warehouse === other.warehouse
}

/** How rows differ, in the words of a sentence: of one row, and of several. */
const kinds = {
  notOnTopic: ['is at the source and not on the topic', 'are at the source and not on the topic'],
  notAtSource: ['is on the topic and not at the source', 'are on the topic and not at the source'],
  otherAtSource: ['is not on the topic as at the source', 'are not on the topic as at the source'],
  notInWarehouse: ['is on the topic and not in the warehouse', 'are on the topic and not in the warehouse'],
  onlyInWarehouse: ['is in the warehouse and not on the topic', 'are in the warehouse and not on the topic'],
  twiceInWarehouse: ['is in the warehouse more than once', 'are in the warehouse more than once'],
  otherInWarehouse: ['is not in the warehouse as on the topic', 'are not in the warehouse as on the topic'],
} as const

export type DifferenceKind = keyof typeof kinds

/** How many rows differ in each way; a row can differ in two. */
export type DifferenceCounts = Readonly<Partial<Record<DifferenceKind, number>>>

export function countDifferences(rows: Iterable<RowAtPlaces>): DifferenceCounts {
  const counts: Partial<Record<DifferenceKind, number>> = {}
  for (const row of rows) for (const kind of kindsOf(row)) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

function kindsOf({ source, topic, warehouse }: RowAtPlaces): DifferenceKind[] {
  const found: DifferenceKind[] = []
  if (source !== undefined && source !== topic) found.push(topic === null ? 'notOnTopic' : source === null ? 'notAtSource' : 'otherAtSource')
  if (warehouse !== topic) found.push(warehouse === null ? 'notInWarehouse' : topic === null ? 'onlyInWarehouse' : warehouse.includes(' ') ? 'twiceInWarehouse' : 'otherInWarehouse')
  return found
}

/** `2 rows are on the topic and not in the warehouse, 1 row …` */
export function differencesText(counts: DifferenceCounts): string {
  return (Object.keys(kinds) as DifferenceKind[])
    .flatMap((kind) => {
      const count = counts[kind] ?? 0
      return count === 0 ? [] : [`${count} ${count === 1 ? 'row' : 'rows'} ${kinds[kind][count === 1 ? 0 : 1]}`]
    })
    .join(', ')
}
