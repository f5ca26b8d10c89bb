/** An e-mail that the mail server has accepted. */
export interface Receipt {
  readonly messageId: string
  readonly recipient: string
  /** Who handed it over, as it said of itself in EHLO. */
  readonly client: string
  /** When, milliseconds since the Unix epoch. */
  readonly at: number
  /** Of the whole message as it came, in bytes. */
  readonly bytes: number
}

/** E-mails a second from the moment when so many were accepted until the last one was. @throws Error when there are no more than these */
export function acceptedPerSecond(receipts: readonly Pick<Receipt, 'at'>[], after: number): number {
  const times = receipts.map(({ at }) => at).sort((a, b) => a - b)
  const [from, until] = [times[after - 1], times.at(-1)]
  if (from === undefined || until === undefined || until <= from) throw new Error('there is no part to count: more records are needed')
  return ((times.length - after) / (until - from)) * 1_000
}

export function bytesOf(receipts: readonly Pick<Receipt, 'bytes'>[]): number {
  return receipts.reduce((sum, { bytes }) => sum + bytes, 0) / receipts.length
}

/** What a mail server had of some alerts, each with a recipient of its own, while their sender was killed again and again. */
export interface Tally {
  /** Recipients to whom nothing was accepted. */
  readonly lost: number
  /** E-mails accepted after the first one to the same recipient. */
  readonly duplicates: number
  /** Of these, those made by the kill that made the most. */
  readonly mostDuplicatesByKill: number
  /** Of these, those that no kill accounts for. */
  readonly duplicatesUnexplained: number
}

/**
 * A repetition is the work of a kill when it bears the same Message-ID as the one before it, and whoever handed that one
 * over was killed before this one came from somebody else.
 *
 * @param killed names of the clients that were killed
 */
export function tally(receipts: readonly Receipt[], recipients: readonly string[], killed: ReadonlySet<string>): Tally {
  const byRecipient = Map.groupBy(receipts.toSorted((a, b) => a.at - b.at), ({ recipient }) => recipient)
  const byKill = new Map<string, number>()
  let [duplicates, duplicatesUnexplained] = [0, 0]
  for (const accepted of byRecipient.values()) {
    for (const [i, again] of accepted.slice(1).entries()) {
      const before = accepted[i] as Receipt
      duplicates++
      if (again.messageId === before.messageId && again.client !== before.client && killed.has(before.client)) byKill.set(before.client, (byKill.get(before.client) ?? 0) + 1)
      else duplicatesUnexplained++
    }
  }
  return {
    lost: recipients.filter((recipient) => !byRecipient.has(recipient)).length,
    duplicates,
    mostDuplicatesByKill: Math.max(0, ...byKill.values()),
    duplicatesUnexplained,
  }
}
