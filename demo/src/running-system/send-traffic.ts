import type { Connection } from '@swipestream/messaging'
import type { Bank } from '../bank/bank.js'
import { generateWorld } from '../generator/world.js'
import { ApiClient } from '../run/api-client.js'
import { Contacts, publishContacts } from '../run/contacts.js'
import type { Printer } from '../run/print.js'
import type { RunningSystem, TrafficSettings } from './config.js'
import { serveReadiness } from './readiness-server.js'
import { Traffic } from './traffic.js'

const people = 200
const tellEveryMs = 60_000

/** Makes people known whose cards no earlier run has used, and sends their swipes until the signal is aborted. */
export async function sendTraffic({ apiUrl, apiKey, tokenOf }: RunningSystem, connection: Connection, bank: Bank | null, { perSecond, host, port }: TrafficSettings, printer: Printer, signal: AbortSignal): Promise<void> {
  const seed = Date.now() >>> 0
  const world = generateWorld(seed, { customers: people, tokenOf, updatedAt: Date.now() })
  const traffic = new Traffic(new ApiClient(apiUrl, apiKey), { world, perSecond, seed })
  const server = await serveReadiness(host, port, () => traffic.flows)
  const tell = () => printer.progress(`${traffic.accepted} swipes were accepted, ${traffic.failed} failed, ${traffic.leftOut} came too late to be sent`)
  const telling = setInterval(tell, tellEveryMs)
  try {
    if (bank) {
      await bank.settle(world, seed)
      await new Contacts(connection).arrived(world.customers, world.cards)
    } else await publishContacts(connection, world.customers, world.cards)
    printer.title(`${perSecond} swipes a second`)
    let told = Number.NEGATIVE_INFINITY
    await traffic.run(signal, (error) => {
      // What keeps one swipe from being taken mostly keeps others: once a second says enough.
      if (performance.now() - told < 1_000) return
      told = performance.now()
      printer.progress(error instanceof Error ? error.message : String(error))
    })
    tell()
  } finally {
    clearInterval(telling)
    server.close()
  }
}
