import type { LogDocument, RunningSystem } from '../system/running-system.js'
import { within } from '../system/within.js'
import { type ComposeProject, isHealthy } from './project.js'

/** A statement in the bank's database, as one of its roles; gives what was selected. @throws Error with what the server says to what is not allowed */
export function inBank(project: ComposeProject, role: string, statement: string): Promise<string> {
  const client = `MYSQL_PWD=$(cat /run/secrets/mysql/${role}) mysql --host=127.0.0.1 --user=${role} --batch --skip-column-names bank --execute "${statement}"`
  return project.compose('exec', '-T', 'mysql', 'sh', '-c', client)
}

/** A project of docker compose, which is up and healthy, as a running system. */
export async function composedSystem(project: ComposeProject): Promise<RunningSystem> {
  const keyOf = (name: string): Promise<string> => project.compose('run', '--rm', '-T', '--no-deps', 'secrets', name)
  const servicesIn = async (): Promise<string[]> => (await project.containers()).filter(isHealthy).map(({ Service }) => Service)
  const all = await servicesIn()
  /** The last line of what a command of etl-loader says. */
  const etl = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
    const said = await project.compose('run', '--rm', '--no-deps', '-T', 'etl-load', 'node', 'apps/etl-loader/dist/cli/etl.js', ...args, '--json')
    return JSON.parse(said.split('\n').at(-1) ?? '') as Record<string, unknown>
  }
  /** Its port is not published. */
  const elasticsearch = (path: string, ...more: readonly string[]): Promise<string> =>
    project.compose('exec', '-T', 'elasticsearch', 'curl', '-fsS', '-H', 'content-type: application/json', `http://127.0.0.1:9200${path}`, ...more)
  return {
    urls: project.urls,
    keys: { api: await keyOf('api-key'), rules: await keyOf('rules-api-key') },
    async mails(which) {
      const query = 'to' in which ? `to:"${which.to}"` : `"${which.merchant}"`
      const response = await fetch(`${project.urls.mailbox}/api/v1/search?query=${encodeURIComponent(query)}`, { signal: AbortSignal.timeout(10_000) })
      const { messages } = (await response.json()) as { messages: { Subject: string }[] }
      return messages.map(({ Subject }) => Subject)
    },
    async logs(query) {
      await elasticsearch('/logs-*/_refresh', '-X', 'POST')
      const { hits } = JSON.parse(await elasticsearch('/logs-*/_search?size=100', '-d', JSON.stringify({ query }))) as { hits: { hits: { _source: LogDocument }[] } }
      return hits.hits.map(({ _source }) => _source)
    },
    story: () => project.compose('run', '--rm', '--no-deps', '-T', 'demo'),
    async atBank(statement) {
      await inBank(project, 'core', statement)
    },
    async answers(...questions) {
      // One process at a time has the file.
      await project.compose('stop', 'etl-load')
      await etl('load', '--once')
      const answered: Readonly<Record<string, unknown>>[][] = []
      for (const question of questions) answered.push((await etl('answers', question))['rows'] as Readonly<Record<string, unknown>>[])
      await project.compose('start', 'etl-load')
      return answered
    },
    async restart(name) {
      await project.compose('restart', name)
    },
    async healthy() {
      await within(120_000, `${all.join(', ')} are healthy`, async () => {
        const now = await servicesIn()
        return all.every((name) => now.includes(name)) ? true : undefined
      })
    },
  }
}
