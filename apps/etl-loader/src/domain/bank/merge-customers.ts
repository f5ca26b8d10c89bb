import type { Customer } from '@swipestream/contracts'
import type { CleanCustomer } from './clean.js'
import type { Entries } from './entries.js'
import { folded } from './text.js'

/** What the topics `customers` and `cards` are to say from now on; null removes the key. */
export interface CustomerChanges {
  readonly customers: ReadonlyMap<string, Customer | null>
  /** Customers' ids whose cards have another holder now. */
  readonly rehold: readonly string[]
}

/** How one row is published. */
interface Published {
  readonly survivor: string
  /** null: as part of its survivor. */
  readonly customer: Customer | null
}

/**
 * Puts a new version of a row, or null for one that is gone, among those that are known, and tells what changes by it.
 *
 * Rows are one person when the bank says so (`same_as`, which may go over several), or when e-mail address, telephone
 * number and the whole name are all known and equal: a couple shares the first two and the family name. Of these rows one
 * stays, as it is: the lowest id of those that are no double of another, of all if they name each other in a circle. What
 * comes out hangs on the rows as they are, not on the order in which they came.
 */
export function changeCustomer(entries: Entries, id: string, next: CleanCustomer | null): CustomerChanges {
  const last = entries.row('customers', id)
  if (JSON.stringify(last ?? null) === JSON.stringify(next)) return { customers: new Map(), rehold: [] }
  const seeds = [id, next?.same_as ?? id, ...entries.list(aliasList(next) ?? ''), ...entries.list(`doubles/${id}`)]
  const before = publishedOf(entries, seeds)

  entries.keep('customers', id, next)
  entries.move(id, doublesList(last), doublesList(next))
  entries.move(id, aliasList(last), aliasList(next))

  const after = publishedOf(entries, [...before.keys(), id])
  const customers = new Map<string, Customer | null>()
  const rehold: string[] = []
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(key), after.get(key)]
    if (!same(was?.customer ?? null, is?.customer ?? null)) customers.set(key, is?.customer ?? null)
    if ((was?.survivor ?? key) !== (is?.survivor ?? key)) rehold.push(key)
  }
  return { customers, rehold }
}

/** Whom a card of this customer belongs to: the row that stays; the customer itself while no row of it is known. */
export function holderOf(entries: Entries, customerId: string): string {
  return survivorOf(rowsAlike(entries, customerId))?.customer_id ?? customerId
}

/** Ids of all rows that are one person with this one, itself among them; none when it is not known. */
export function samePerson(entries: Entries, customerId: string): readonly string[] {
  return [...rowsAlike(entries, customerId).keys()]
}

function publishedOf(entries: Entries, seeds: readonly string[]): Map<string, Published> {
  const published = new Map<string, Published>()
  for (const seed of seeds) {
    if (published.has(seed)) continue
    const rows = rowsAlike(entries, seed)
    const survivor = survivorOf(rows)
    for (const key of rows.keys()) {
      if (survivor) published.set(key, { survivor: survivor.customer_id, customer: key === survivor.customer_id ? customerOf(survivor) : null })
    }
  }
  return published
}

/** All rows that are reached from one by what makes rows one person; none when it is not known. */
function rowsAlike(entries: Entries, from: string): Map<string, CleanCustomer> {
  const found = new Map<string, CleanCustomer>()
  const open = [from]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const row = found.has(id) ? undefined : entries.row('customers', id)
    if (!row) continue
    found.set(id, row)
    if (row.same_as !== null) open.push(row.same_as)
    open.push(...entries.list(`doubles/${id}`), ...entries.list(aliasList(row) ?? ''))
  }
  return found
}

function survivorOf(rows: ReadonlyMap<string, CleanCustomer>): CleanCustomer | undefined {
  const own = [...rows.values()].filter(({ customer_id, same_as }) => same_as === null || same_as === customer_id || !rows.has(same_as))
  const [first, ...others] = own.length > 0 ? own : [...rows.values()]
  return others.reduce((lowest, row) => (lowest && lowest.customer_id < row.customer_id ? lowest : row), first)
}

function doublesList(row: CleanCustomer | null | undefined): string | null {
  return row?.same_as ? `doubles/${row.same_as}` : null
}

function aliasList(row: CleanCustomer | null | undefined): string | null {
  if (!row || row.email === null || row.phone === null || row.given_name === null || row.family_name === null) return null
  return `alike/customers/${JSON.stringify([folded(row.email), row.phone, folded(row.given_name), folded(row.family_name)])}`
}

function customerOf({ same_as: _, ...customer }: CleanCustomer): Customer {
  return customer
}

function same(a: Customer | null, b: Customer | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
