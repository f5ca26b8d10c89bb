import { pace } from '../fraud/pace.js'
import { UnderWay } from '../fraud/under-way.js'
import { percentiles } from '../fraud/windows.js'
import { now } from '../messaging/meter.js'
import { startService } from '../service-process.js'
import { rounded } from '../statistics.js'
import type { Bench } from './bench.js'
import { makeKnown, prepareGround } from './ground.js'
import { alertEvent, recipientOf } from './holders.js'
import { MailServer } from './mail-server.js'

const alertsPerSecond = 100
/** Before anything counts: until the compiler has done its work. */
const warmUpSeconds = 20
const seconds = 60

/** In milliseconds, from the broker's answer to the write of an alert until the mail server has accepted its e-mail. */
export interface Latency {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly alerts: number
}

/** How long an e-mail takes where nothing is behind. @throws Error when one does not come */
export async function acceptedLatency(bench: Bench): Promise<Latency> {
  const { directory, report } = bench
  const underWay = new UnderWay()
  const mails = await MailServer.start({ onReceipt: ({ recipient, at }) => underWay.ended(recipient, at) })
  try {
    const ground = await prepareGround(bench)
    try {
      // A few more than are due: what is sent is counted by the clock.
      const holders = alertsPerSecond * (warmUpSeconds + seconds + 1)
      await makeKnown(ground, holders, mails.urlFor('latency'), `${directory}/latency-holders.log`)
      const service = await startService('notifier', { ...ground.env, SMTP_URL: mails.urlFor('latency') }, `${directory}/latency.log`)
      let [sent, failure] = [0, undefined as unknown]
      const send = (counts: boolean) => (count: number): void => {
        const numbers = Array.from({ length: count }, () => sent++)
        for (const n of numbers) underWay.sent(recipientOf(n), counts)
        ground.publish(numbers.map(alertEvent)).then(
          () => {
            const at = now()
            for (const n of numbers) underWay.begun(recipientOf(n), at)
          },
          (error: unknown) => {
            failure ??= error
          },
        )
      }
      try {
        await pace(alertsPerSecond, warmUpSeconds, send(false))
        const perSecond = await pace(alertsPerSecond, seconds, send(true))
        const { latencies, lost } = await underWay.taken()
        service.check()
        if (failure !== undefined) throw failure
        if (lost > 0) throw new Error(`${lost} of ${sent} e-mails did not come out`)
        const latency: Latency = { perSecond: rounded(perSecond), ...percentiles(latencies), alerts: latencies.length }
        report(`alert to e-mail at ${latency.perSecond}/s: p50 ${latency.p50} ms, p99 ${latency.p99} ms, p99.9 ${latency.p999} ms (${latency.alerts})`)
        return latency
      } finally {
        await service.stop()
      }
    } finally {
      await ground.close()
    }
  } finally {
    await mails.stop()
  }
}
