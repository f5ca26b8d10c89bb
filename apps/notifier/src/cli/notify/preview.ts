import { writeFileSync } from 'node:fs'
import { type Broken, type CommandLine, runCommand, UsageError } from '@swipestream/messaging'
import { toError } from '@swipestream/platform'
import { type Changes, type Example, exampleAddressee, examples } from '../../app/texts/examples.js'
import { loadTexts, shippedDirectory } from '../../app/texts/load.js'
import { alphabetOf, segmentsOf, sizeOf } from '../../domain/sms-segments.js'
import type { Texts } from '../../domain/to-tell.js'
import { readFraudAlert, readOpsAlert } from './alert-file.js'
import type { NotifyCommand } from './run.js'

const channels = ['email', 'sms', 'inbox'] as const
type Channel = (typeof channels)[number]

const help = `Usage: npm run notify -- preview [NAME…] [options]

  Prints messages as a person would get them; without names one of each kind:
    alert         a payment to be checked        confirmation  the answer NO was understood
    declined      a declined one                 legitimate    the answer YES was understood
    blocked       one with a blocked card        no_contact    to the desk of the bank
    digest        several in one message         ops           to the people on call

  --channel NAME   email (unless told), sms or inbox; of an SMS it also says how many segments it is
  --language TAG   of the customer, BCP 47, such as de or de-AT; en unless told
  --alert FILE     a JSON object with fields of an alert, instead of the example's; with the name ops of an ops alert
  --dir DIR        a directory of texts, such as TEMPLATES_DIR has; those that are shipped unless told.
                   All of it is checked first
  --html FILE      write the HTML of the one e-mail that is named to a file

  --json           print one JSON object as the last line, with the messages
  --help           print this

How texts are written stands in docs/messages.md.

Exit code: 0 every promise holds, 1 texts cannot be used, 2 wrong use.`

const options = {
  channel: { type: 'string', default: 'email' },
  language: { type: 'string', default: 'en' },
  alert: { type: 'string' },
  dir: { type: 'string' },
  html: { type: 'string' },
} as const

const shown = ['alert', 'declined', 'blocked', 'digest', 'confirmation', 'legitimate', 'no_contact', 'ops']

/** Shows messages without sending any. */
export const preview: NotifyCommand = {
  summary: 'print messages as a person would get them, from the files they are made of',
  run: (args, _env, output) => runCommand({ script: 'notify', help, options, perform }, ['preview', ...args], output),
}

const perform: CommandLine<typeof options>['perform'] = (_command, names, values) => Promise.resolve().then(() => {
  const { channel, language, alert, dir, html } = values
  if (!isChannel(channel)) throw new UsageError(`--channel takes ${channels.join(', ')}, not ${channel}`)
  const list = chosen(names, alert)
  if (html !== undefined && (channel !== 'email' || list.length !== 1)) throw new UsageError('--html is for one e-mail: name one')
  const texts = loadTexts(dir ?? shippedDirectory)
  const messages = list.map((example) => rendered(example, channel, language, texts))
  if (html !== undefined) write(html, messages[0]?.html ?? '')
  const lines = messages.flatMap(({ lines: of }) => of)
  const broken: readonly Broken[] = []
  return { lines: html === undefined ? lines : [...lines, `HTML: ${html}`], json: { messages: messages.map(({ lines: _, ...message }) => message), broken } }
})

function isChannel(name: string): name is Channel {
  return (channels as readonly string[]).includes(name)
}

/** @throws UsageError */
function chosen(names: readonly string[], alert: string | undefined): readonly Example[] {
  const unknown = names.find((name) => !shown.includes(name))
  if (unknown !== undefined) throw new UsageError(`there is no message ${unknown}: there are ${shown.join(', ')}`)
  const wanted = names.length === 0 ? shown : names
  const all = examples(alert === undefined ? {} : changesOf(alert, wanted))
  return wanted.flatMap((name) => all.filter((example) => example.name === name))
}

function changesOf(file: string, names: readonly string[]): Changes {
  if (!names.includes('ops')) return { alert: readFraudAlert(file) }
  if (names.length > 1) throw new UsageError('--alert is of a payment or, with the name ops alone, of the people on call: name the messages')
  return { ops: readOpsAlert(file) }
}

interface Rendered {
  readonly name: string
  readonly html?: string
  readonly lines: readonly string[]
}

function rendered({ name, what }: Example, channel: Channel, language: string, texts: Texts): Rendered {
  const to = exampleAddressee(language)
  const title = `== ${name}, ${channel}, ${language}`
  if (channel === 'email') {
    const mail = texts.email(what, to)
    return { name, ...mail, lines: [title, `Subject: ${mail.subject}`, '', mail.text] }
  }
  if (channel === 'inbox') {
    const message = texts.inbox(what, to)
    return { name, ...message, lines: [title, message.title, '', message.body, ''] }
  }
  const text = texts.sms(what, to)
  const [segments, alphabet] = [segmentsOf(text), alphabetOf(text)]
  const size = sizeOf(text, alphabet)
  const sms = { text, segments, alphabet, size }
  return { name, ...sms, lines: [title, text, `${segments} segment${segments === 1 ? '' : 's'}, ${size} ${alphabet === 'gsm7' ? 'places of the GSM alphabet' : 'places of UCS-2'}`, ''] }
}

/** @throws UsageError */
function write(file: string, html: string): void {
  try {
    writeFileSync(file, html)
  } catch (error) {
    throw new UsageError(`--html ${file} cannot be written: ${toError(error).message}`)
  }
}
