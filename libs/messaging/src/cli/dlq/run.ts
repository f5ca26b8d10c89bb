import { registryOf } from '../../connection.js'
import { kafkaClient } from '../../kafka/client.js'
import type { KafkaClient, Reader } from '../../kafka/ports.js'
import { Schemas } from '../../schemas.js'
import { type CommandLine, type Outcome, type Output, refuseStray, runCommand, UsageError, userName, wholeNumber } from '../command.js'
import { type CommandConfig, commandConfig, connectionConfig } from '../config.js'
import { Editor } from './editor.js'
import { filterOptions, parseFilter } from './filter.js'
import { help } from './help.js'
import { list } from './list.js'
import { parsePatch } from './patch.js'
import { redrive } from './redrive.js'
import { show } from './show.js'
import { type DeadLetterPlace, placesOf, requireTopics } from './topic.js'

const options = {
  ...filterOptions,
  open: { type: 'boolean' },
  reveal: { type: 'boolean' },
  edit: { type: 'string', multiple: true },
  'edit-with': { type: 'string' },
  'dry-run': { type: 'boolean' },
  again: { type: 'boolean' },
  rate: { type: 'string' },
  by: { type: 'string' },
} as const

type Perform = CommandLine<typeof options>['perform']
type Values = Parameters<Perform>[2]
type Command = (names: readonly string[], values: Values, progress: (line: string) => void) => Promise<Outcome>

const filters = Object.keys(filterOptions)

const commands = new Map<string, { readonly takes: readonly string[]; readonly perform: Command }>([
  ['list', { takes: [], perform: lettersOfTopics }],
  ['show', { takes: [...filters, 'open', 'reveal'], perform: lettersOfOne }],
  ['redrive', { takes: [...filters, 'edit', 'edit-with', 'dry-run', 'again', 'rate', 'by'], perform: lettersAgain }],
])

/** So many letters are shown when nothing else is said. */
const shownAtOnce = 20

/** Runs the dlq command; the exit code. */
export function run(args: readonly string[], output: Output): Promise<number> {
  return runCommand({ script: 'dlq', help, options, perform }, args, output)
}

async function perform(...[name, names, values, progress]: Parameters<Perform>): Promise<Outcome> {
  const command = commands.get(name)
  if (!command) throw new UsageError(`no such command: ${name}`)
  refuseStray(name, values, options, command.takes)
  return command.perform(names, values, progress)
}

async function lettersOfTopics(names: readonly string[]): Promise<Outcome> {
  const config = commandConfig()
  const places = placesOf(names, config.KAFKA_NAMESPACE)
  return connected(config, places, (reader) => list(reader, places))
}

async function lettersOfOne(names: readonly string[], values: Values): Promise<Outcome> {
  const filter = parseFilter(values, shownAtOnce)
  const config = connectionConfig()
  const namespace = config.KAFKA_NAMESPACE
  const place = onePlace('show', names, namespace)
  const schemas = new Schemas(registryOf(config), namespace, [])
  const { open = false, reveal = false } = values
  return connected(config, [place], (reader) => show(reader, schemas, place, { filter, namespace, open, reveal }))
}

async function lettersAgain(names: readonly string[], values: Values, progress: (line: string) => void): Promise<Outcome> {
  const { edit = [], 'edit-with': editWith, 'dry-run': dryRun = false, again = false } = values
  const filter = parseFilter(values)
  const rate = values.rate === undefined ? Infinity : wholeNumber('--rate', values.rate)
  const by = userName(values.by)
  const config = commandConfig()
  const namespace = config.KAFKA_NAMESPACE
  const place = onePlace('redrive', names, namespace)
  // Without edits the bytes are sent as they are: no registry is needed.
  const editor = edit.length > 0 || editWith !== undefined ? await editorOf(place, edit, editWith) : undefined
  return connected(config, [place], (reader, client) => redrive(client, reader, place, { filter, namespace, again, dryRun, by, rate, editor }, progress))
}

async function editorOf({ topic }: DeadLetterPlace, edits: readonly string[], file: string | undefined): Promise<Editor> {
  const changes = parsePatch(topic, edits, file)
  const config = connectionConfig()
  const schemas = new Schemas(registryOf(config), config.KAFKA_NAMESPACE, [topic])
  const giveUp = (reason: Error) => {
    throw reason
  }
  await schemas.load(giveUp, new AbortController().signal)
  return new Editor(topic, changes, schemas)
}

function onePlace(command: string, names: readonly string[], namespace: string): DeadLetterPlace {
  const [name, ...more] = names
  if (name === undefined || more.length > 0) throw new UsageError(`${command} takes one topic`)
  return placesOf([name], namespace)[0] as DeadLetterPlace
}

async function connected(config: CommandConfig, places: readonly DeadLetterPlace[], work: (reader: Reader, client: KafkaClient) => Promise<Outcome>): Promise<Outcome> {
  const client = kafkaClient(config, 'dlq')
  const admin = client.admin()
  const reader = client.reader()
  try {
    await requireTopics(admin, places)
    return await work(reader, client)
  } finally {
    await reader.close()
    await admin.close()
  }
}
