import { cards, customers } from '@swipestream/contracts'
import { connect } from '@swipestream/messaging'
import { untilInterrupted } from '@swipestream/platform'
import { Bank } from '../bank/bank.js'
import { Printer } from '../run/print.js'
import { testCardHolders } from '../story/test-card-holders.js'
import { runningSystem, trafficSettings } from './config.js'
import { introduce, playStory } from './play-story.js'
import { sendTraffic } from './send-traffic.js'

const usage = `node demo/dist/running-system/main.js seed | story | traffic

  seed      makes the people of the story known, with cards whose numbers are published for testing
  story     plays the story; exit code 1 when something did not come out as told
  traffic   swipes of generated people, SWIPES_PER_SECOND, until it is ended by a signal

The system runs already, and the environment tells where.`

const printer = new Printer((line) => process.stdout.write(`${line}\n`))

async function main(command: string): Promise<number> {
  const system = runningSystem(process.env)
  const connection = await connect({ service: 'demo', config: system.kafka, produces: [customers, cards] })
  const bank = system.bankUrl === null ? null : await Bank.open(system.bankUrl)
  try {
    if (command === 'seed') {
      const known = testCardHolders(Date.now(), system.tokenOf)
      await introduce(connection, bank, known.customers, known.cards)
      for (const [index, { given_name, family_name, email }] of known.customers.entries()) {
        printer.progress(`${known.cards[index]?.card_number.padEnd(16)}  ${given_name} ${family_name}, ${email}`)
      }
      return 0
    }
    if (command === 'traffic') {
      await untilInterrupted((signal) => sendTraffic(system, connection, bank, trafficSettings(process.env), printer, signal))
      return 0
    }
    printer.title('The story')
    const broken = await playStory(system, connection, bank, printer)
    const { api, mailbox, sms } = system.pages
    printer.title(`  API      ${api}/docs   Authorization: Bearer ${system.apiKey}`)
    printer.progress(`Mailbox  ${mailbox}`)
    printer.progress(`SMS      ${sms}`)
    for (const sentence of broken) printer.progress(`BROKEN: ${sentence}`)
    return broken.length === 0 ? 0 : 1
  } finally {
    await bank?.close()
    await connection.close()
  }
}

const [command = '', ...more] = process.argv.slice(2)
if (!['seed', 'story', 'traffic'].includes(command) || more.length > 0) {
  process.stderr.write(`${usage}\n`)
  process.exitCode = 2
} else {
  try {
    process.exitCode = await main(command)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exitCode = 1
  }
}
