import { Module, type Type } from '@nestjs/common'
import { type MessagingConfig, messagingConfig, KafkaStrategy, MessagingModule } from '@swipestream/messaging'
import { databaseModule, loadConfig, type RunningService, serviceConfig, startService } from '@swipestream/platform'
import type { Topic } from '@swipestream/contracts'
import { randomUUID } from 'node:crypto'
import { Writable } from 'node:stream'
import { z } from 'zod'
import { outboxMigrations } from '@swipestream/messaging'
import { createLogger } from '@swipestream/platform'

export interface TestServiceOptions {
  readonly env: Readonly<Record<string, string>>
  readonly controllers?: Type[]
  // oxlint-disable-next-line typescript/no-explicit-any -- topics of different value types in one list
  readonly produces?: readonly Topic<any>[]
  // oxlint-disable-next-line typescript/no-explicit-any -- topics of different value types in one list
  readonly tables?: readonly Topic<any, 'compact'>[]
  readonly databaseUrl?: string
  readonly name?: string
  /** Told of each log line that would come before the end of the process. */
  readonly onFatal?: (line: string) => void
}

/** A service with nothing in it but messaging and the controllers of a test. */
export async function testService({ env, controllers = [], produces = [], tables = [], databaseUrl, name = `svc-${randomUUID()}`, onFatal = () => undefined }: TestServiceOptions): Promise<RunningService> {
  const schema = z.object({ ...serviceConfig, ...messagingConfig })
  const config = loadConfig(schema, { HTTP_PORT: '0', LOG_LEVEL: 'fatal', ...env })
  const messaging = MessagingModule.forRoot({
    service: name,
    config: config as MessagingConfig,
    produces,
    tables,
    ...(databaseUrl === undefined ? {} : { outbox: { databaseUrl } }),
  })
  const database = databaseUrl === undefined ? [] : [databaseModule({ url: databaseUrl, entities: [], migrations: [...outboxMigrations], name: 'database' })]

  @Module({ imports: [...database, messaging], controllers })
  class TestModule {}

  const destination = new Writable({
    write(chunk, _encoding, done) {
      onFatal(String(chunk))
      done()
    },
  })
  const silent = createLogger({ service: name, level: 'fatal', destination })
  return startService({ name, module: TestModule, config, strategy: (app) => app.get(KafkaStrategy), ownsProcess: false, logger: silent })
}

/** The names and details of what keeps a service from being ready. */
export async function notReady(service: RunningService): Promise<string> {
  const response = await fetch(`${service.url}/health/ready`)
  return response.status === 200 ? '' : await response.text()
}
