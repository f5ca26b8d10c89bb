import { fraudRules } from '@swipestream/contracts'
import { type CommandLine, connect, connectionConfig, type Outcome, type Output, refuseStray, runCommand, UsageError, userName, wholeNumber } from '@swipestream/messaging'
import { ruleLanguage } from '../../app/rule-language.js'
import { type Intent, RuleStore } from '../../app/rule-store.js'
import { promote, put, refused, rollBack } from './change.js'
import { help } from './help.js'
import { history, list, show } from './look.js'
import { readRuleFiles } from './rule-files.js'
import { tryFile } from './try.js'

const options = {
  by: { type: 'string' },
  comment: { type: 'string' },
  expect: { type: 'string' },
  'dry-run': { type: 'boolean' },
  'new-only': { type: 'boolean' },
  to: { type: 'string' },
  values: { type: 'string' },
} as const

type Perform = CommandLine<typeof options>['perform']
type Values = Parameters<Perform>[2]
type Command = (names: readonly string[], values: Values) => Outcome | Promise<Outcome>

const change = ['by', 'comment', 'expect']

const commands = new Map<string, { readonly takes: readonly string[]; readonly perform: Command }>([
  ['list', { takes: [], perform: async (names) => list(await rulesFor('list', names), ruleLanguage) }],
  ['show', { takes: [], perform: async (names) => withId('show', names, async (id) => show(await storeOf().read(), id)) }],
  ['history', { takes: [], perform: async (names) => withId('history', names, async (id) => history(await storeOf().read(), id)) }],
  ['put', { takes: [...change, 'dry-run', 'new-only'], perform: putFiles }],
  ['test', { takes: ['values'], perform: (names, { values }) => tryFile(one('test', names, 'file'), values) }],
  ['promote', { takes: change, perform: (names, values) => withId('promote', names, (id) => promote(storeOf(), id, commented(values))) }],
  ['rollback', { takes: [...change, 'to'], perform: rollBackRule }],
])

/** Runs the rules command; the exit code. */
export function run(args: readonly string[], output: Output): Promise<number> {
  return runCommand({ script: 'rules', help, options, perform }, args, output)
}

async function perform(...[name, names, values]: Parameters<Perform>): Promise<Outcome> {
  const command = commands.get(name)
  if (!command) throw new UsageError(`no such command: ${name}`)
  refuseStray(name, values, options, command.takes)
  return command.perform(names, values)
}

async function putFiles(paths: readonly string[], values: Values): Promise<Outcome> {
  if (paths.length === 0) throw new UsageError('put takes files or folders')
  const { 'dry-run': dryRun = false, 'new-only': newOnly = false } = values
  const intent = { ...intentOf(values), newOnly }
  const { files, faults } = readRuleFiles(paths, ruleLanguage, values.comment)
  if (intent.expectedVersion !== undefined && files.length + new Set(faults.map(({ file }) => file)).size > 1) throw new UsageError('--expect is for one file')
  return faults.length > 0 ? refused(faults, dryRun) : put(storeOf(), files, intent, dryRun)
}

function rollBackRule(names: readonly string[], values: Values): Promise<Outcome> {
  return withId('rollback', names, (id) => {
    if (values.to === undefined) throw new UsageError('--to is missing: the version whose words the new one has')
    return rollBack(storeOf(), id, wholeNumber('--to', values.to), commented(values))
  })
}

function intentOf({ by, expect }: Values): Intent {
  const expectedVersion = expect === undefined ? undefined : expect === '0' ? 0 : wholeNumber('--expect', expect)
  return { by: userName(by), expectedVersion }
}

function commented(values: Values): Intent & { readonly comment: string } {
  return { ...intentOf(values), comment: values.comment ?? '' }
}

function rulesFor(command: string, names: readonly string[]) {
  if (names.length > 0) throw new UsageError(`${command} takes no names: ${names.join(' ')}`)
  return storeOf().read()
}

function withId(command: string, names: readonly string[], work: (id: string) => Outcome | Promise<Outcome>): Promise<Outcome> {
  return Promise.resolve(work(one(command, names, 'rule id')))
}

function one(command: string, names: readonly string[], what: string): string {
  const [name, ...more] = names
  if (name === undefined || more.length > 0) throw new UsageError(`${command} takes one ${what}`)
  return name
}

/** Of the cluster in the environment. @throws CodedError CONFIG_INVALID */
function storeOf(): RuleStore {
  const config = connectionConfig()
  return new RuleStore(() => connect({ service: 'rules', config, produces: [fraudRules] }), ruleLanguage)
}
