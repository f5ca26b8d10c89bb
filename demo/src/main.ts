import { pause } from '@swipestream/platform'
import { type Options, readOptions, usage, UsageError } from './options.js'
import { newestMailTo, smsSent } from './run/inboxes.js'
import { type Outage, StagedOutage } from './run/outage.js'
import { Play } from './run/play.js'
import { Printer } from './run/print.js'
import { summarize, type Summary, type Told } from './run/summary.js'
import { tellStory } from './story/story.js'
import { writeStartEnv } from './system/start-env.js'
import { startSystem } from './system/system.js'

const startedAt = Math.round(performance.timeOrigin)
/** Generated swipes under way at a time: so few that what is measured is the way of a swipe, not a queue. */
const calmly = 4
/** How often a long input says how far it is, in milliseconds. */
const everyMs = 5_000
/** How often is looked for new alerts, in milliseconds. */
const lookMs = 500
const printer = new Printer((line) => process.stderr.write(`${line}\n`))

async function main(options: Options): Promise<number> {
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort())
  const aborted = new Promise<'aborted'>((resolve) => interrupted.signal.addEventListener('abort', () => resolve('aborted')))

  printer.title('Swipestream starts: servers, contracts, services')
  const starting = startSystem({ environment: process.env, onProgress: (line) => printer.progress(line), etl: true, logs: true })
  const system = await Promise.race([starting, aborted])
  // Everything started so far ends with this process.
  if (system === 'aborted') return 130
  const readyAt = Date.now()
  try {
    await writeStartEnv(system)
    printer.addresses(system)
    printer.progress('All of it for another terminal: . .stack/start.env')
    const play = new Play(system)
    await play.begin()
    const done = await Promise.race([run(play, options, readyAt, interrupted.signal), aborted])
    return done === 'aborted' ? (options.once ? 130 : 0) : done
  } finally {
    printer.title('Stopping')
    await system.stop()
  }
}

async function run(play: Play, options: Options, readyAt: number, signal: AbortSignal): Promise<number> {
  let refused = 0
  let told: Told[] = []
  let outage: Outage | null = null
  if (options.input === null) {
    told = await story(play)
    const { ended } = await outageOf(play)
    if (options.once) await play.generated(options.seed, options.swipes, { atOnce: calmly })
    outage = await ended
  } else {
    printer.title(`Transactions of ${options.input}`)
    const progress = setInterval(() => printer.progress(`${play.accepted.size} rows accepted`), everyMs)
    try {
      await play.input(options.input, options.rows, (reason) => {
        refused++
        printer.progress(`refused: ${reason.message}`)
      })
    } finally {
      clearInterval(progress)
    }
  }
  await play.settle((line) => printer.progress(line))
  const summary = await withAnswer(await summarize(play, { startedAt, readyAt, refused, told, outage }), play)
  printer.summary(summary)
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
  if (options.once) return summary.broken.length === 0 ? 0 : 1

  // From here on the warehouse is filled as things happen.
  await play.system.etl?.services.load.start()
  printer.title('Traffic goes on: two swipes a second. Ctrl-C ends everything.')
  const shown = new Set(play.outcome.alerts.keys())
  const traffic = play.traffic(options.seed, signal)
  while (!signal.aborted) {
    await play.outcome.look()
    for (const [id, { value }] of play.outcome.alerts) {
      if (shown.has(id)) continue
      shown.add(id)
      printer.progress(`${new Date(value.raised_at).toISOString().slice(11, 19)}  card ending ${value.card_last4}, ${value.merchant_name ?? 'a merchant'}`)
      printer.alert(value)
    }
    await pause(lookMs, signal)
  }
  await traffic
  return 0
}

/** Takes a database away until the people on call know; what it gives is settled when they know of its end, too. */
async function outageOf({ system }: Play): Promise<{ readonly ended: Promise<Outage> }> {
  printer.title('An outage: the database of transactions-api lets nobody in')
  const staged = new StagedOutage(system)
  const { unanswered, alert, mail } = await staged.begin()
  printer.progress(`${unanswered} requests were answered by 503, as the access log says`)
  if (alert) printer.progress(alert.summary)
  if (mail) printer.mail(mail)
  const ended = staged.over().then(({ mail: last, ...outage }) => {
    if (last) printer.mail(last)
    return outage
  })
  // Its failure is told when it is waited for.
  ended.catch(() => undefined)
  return { ended }
}

/** What the warehouse says of the same swipes. */
async function withAnswer(summary: Summary, { system: { etl }, accepted }: Play): Promise<Summary> {
  if (etl === null) return summary
  printer.progress('the loader brings the rest to the warehouse, which is then asked')
  const warehouse = await etl.ask()
  // Kafka of others may hold what earlier runs have left.
  const isWhole = process.env['KAFKA_BROKERS'] ? warehouse.decisions >= accepted.size : warehouse.decisions === accepted.size
  const broken = isWhole ? [] : [`${accepted.size} swipes were accepted, but the warehouse has ${warehouse.decisions} decisions`]
  return { ...summary, warehouse: { ...warehouse, file: etl.warehouse }, broken: [...summary.broken, ...broken] }
}

/** Plays the story step by step, and shows of each what came of it. */
async function story(play: Play): Promise<Told[]> {
  const { secrets, mail, sms } = play.system
  const { customers, cards, steps } = tellStory(Date.now(), secrets.tokenOf)
  await play.seed(customers, cards)
  printer.title('The story')
  const told: Told[] = []
  for (const step of steps) {
    const transactionId = await play.swipe(step)
    told.push({ step, transactionId })
    await play.settle(() => undefined)
    printer.swipe(step.swipe, step.title, play.outcome.decisions.get(transactionId))
    const customer = customers.find(({ customer_id }) => customer_id === step.customer_id)
    if (step.answer && customer?.phone) {
      // A real phone is not ours to answer: the story ends here.
      if (!sms?.own) break
      printer.answer(step.answer.title, customer.phone, await play.answer(sms, step, customer.phone, step.answer.word))
      const [confirmation] = await smsSent(sms, customer.phone)
      if (confirmation) printer.sms(confirmation)
    }
    const alert = play.outcome.alerts.get(transactionId)
    if (!alert) continue
    printer.alert(alert.value)
    const letter = mail && customer?.email ? await newestMailTo(mail, customer.email) : undefined
    if (letter) printer.mail(letter)
    const [text] = sms && customer?.phone ? await smsSent(sms, customer.phone) : []
    if (text && alert.value.severity === 'critical') printer.sms(text)
  }
  return told
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') process.stdout.write(`${usage}\n`)
  else process.exitCode = await main(options)
} catch (error) {
  process.stderr.write(`${error instanceof UsageError ? `${error.message}\n\n${usage}` : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
process.exit()
