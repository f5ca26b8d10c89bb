/** What a change does: removals are marked in the row, or take the row away. */
export type ChangeKind = 'update' | 'insert' | 'mark' | 'delete'

/** A change of the source. Its number is the row's `version`. */
export interface PlannedChange {
  readonly version: number
  readonly kind: ChangeKind
  readonly table: 'movements' | 'notices'
  readonly id: number
}

/** Rows that are there before. */
export interface Rows {
  readonly movements: number
  readonly notices: number
}

/** Of 20 changes, in this order again and again: 12 update, 5 insert, 2 mark as deleted, 1 deletes. */
const turns: readonly ChangeKind[] = [
  'update', 'insert', 'update', 'update', 'mark', 'update', 'insert', 'update', 'update', 'insert', 'update', 'delete', 'update', 'insert', 'update', 'mark', 'update', 'insert', 'update', 'update',
]
const perTurn: Readonly<Record<ChangeKind, number>> = { update: 12, insert: 5, mark: 2, delete: 1 }

/** A number that has no divisor in common with any number of rows that is used here: rows are updated in no order. */
const stride = 7_919

/**
 * The change of a number, from 1. Updates are of the first half of the movements; the second half is marked one after the
 * other; inserted are movements after all of them; notices are deleted one after the other. So no row comes back.
 *
 * @throws Error when no row is left to mark or delete
 */
export function changeOf(version: number, { movements, notices }: Rows): PlannedChange {
  const index = version - 1
  const round = Math.floor(index / turns.length)
  const at = index % turns.length
  const kind = turns[at] as ChangeKind
  const nth = round * perTurn[kind] + turns.slice(0, at).filter((one) => one === kind).length
  const half = Math.floor(movements / 2)
  const left = (ids: number, id: number): number => {
    if (nth >= ids) throw new Error(`no row is left for change ${version}: more rows, or fewer changes`)
    return id
  }
  switch (kind) {
    case 'update':
      return { version, kind, table: 'movements', id: 1 + ((nth * stride) % half) }
    case 'insert':
      return { version, kind, table: 'movements', id: movements + 1 + nth }
    case 'mark':
      return { version, kind, table: 'movements', id: left(movements - half, half + 1 + nth) }
    case 'delete':
      return { version, kind, table: 'notices', id: left(notices, 1 + nth) }
  }
}
