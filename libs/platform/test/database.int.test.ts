import { Controller, Get, Inject, Module, type OnModuleDestroy, type Type } from '@nestjs/common'
import { TypeOrmModule, getRepositoryToken } from '@nestjs/typeorm'
import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { Column, Entity, type MigrationInterface, PrimaryColumn, type QueryRunner, Repository } from 'typeorm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLogger } from '../src/logger.js'
import { type DatabaseOptions, databaseModule } from '../src/database.js'
import { type RunningService, startService } from '../src/start-service.js'
import { Wire } from './wire.js'

@Entity({ name: 'notes' })
class Note {
  @PrimaryColumn({ type: 'text' })
  id!: string

  @Column({ type: 'text' })
  text!: string
}

/** Slow, and not repeatable: two instances that run it at the same time would fail. */
class CreateNotes1700000000000 implements MigrationInterface {
  name = 'CreateNotes1700000000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('select pg_sleep(0.3)')
    await runner.query('create table notes (id text primary key, text text not null)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table notes')
  }
}

class Failing1700000000001 implements MigrationInterface {
  name = 'Failing1700000000001'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table notes (id nonsense)')
  }

  async down(): Promise<void> {}
}

class Slow1700000000002 implements MigrationInterface {
  name = 'Slow1700000000002'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('select pg_sleep(4)')
  }

  async down(): Promise<void> {}
}

@Controller('notes')
class NotesController implements OnModuleDestroy {
  static atShutdown: number | undefined

  constructor(@Inject(getRepositoryToken(Note)) private readonly notes: Repository<Note>) {}

  @Get()
  async list(): Promise<Note[]> {
    return await this.notes.find()
  }

  async onModuleDestroy(): Promise<void> {
    if (this.notes.manager.dataSource.isInitialized) NotesController.atShutdown = await this.notes.count()
  }
}

const notesModule = (options: DatabaseOptions): Type => {
  @Module({
    imports: [databaseModule(options), TypeOrmModule.forFeature([Note])],
    controllers: [NotesController],
  })
  class NotesModule {}
  return NotesModule
}

const WAIT = { timeout: 20_000, interval: 50 }
let admin: Client
let database: URL
let wire: Wire
let running: RunningService[]

beforeEach(async () => {
  const server = process.env['POSTGRES_URL']
  if (server === undefined) throw new Error('POSTGRES_URL is missing; stack/test/global-setup.ts gives it')
  admin = new Client({ connectionString: server })
  await admin.connect()
  database = new URL(server)
  database.pathname = `/platform_${randomUUID().replaceAll('-', '')}`
  await admin.query(`create database ${database.pathname.slice(1)}`)
  wire = new Wire(database)
  await wire.mend()
  running = []
})

afterEach(async () => {
  await Promise.all(running.map(({ stop }) => stop()))
  await wire.cut()
  await admin.query(`drop database ${database.pathname.slice(1)} with (force)`)
  await admin.end()
})

const start = async (options: Partial<DatabaseOptions> = {}) => {
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) }
  const service = await startService({
    name: 'notes',
    module: notesModule({
      url: wire.url(),
      entities: [Note],
      migrations: [CreateNotes1700000000000],
      name: 'notes',
      ...options,
    }),
    config: { HTTP_HOST: '127.0.0.1', HTTP_PORT: 0, LOG_LEVEL: 'info', OTEL_TRACES_SAMPLER: 'parentbased_always_on', OTEL_TRACES_SAMPLER_ARG: 1 },
    ownsProcess: false,
    logger: createLogger({ service: 'notes', destination }),
  })
  running.push(service)
  return { ...service, lines }
}

const answer = async (url: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(url)
  return { status: response.status, body: await response.json() }
}

const becomes = async (url: string, status: number): Promise<void> => {
  await vi.waitFor(async () => expect((await answer(url)).status).toBe(status), WAIT)
}

describe('a service with a database', () => {
  it('connects, migrates, and is ready', async () => {
    const { url, started } = await start()
    await started
    expect((await answer(`${url}/health/ready`)).status).toBe(200)
    expect(await answer(`${url}/notes`)).toEqual({ status: 200, body: [] })
  })

  it('waits for a database that is away, says so once, and starts when it is there', async () => {
    await wire.cut()
    const { url, started, lines } = await start()
    await vi.waitFor(async () => {
      expect(await answer(`${url}/health/ready`)).toMatchObject({
        status: 503,
        body: { details: { database: { status: 'down', message: expect.stringContaining('ECONNREFUSED') } } },
      })
    }, WAIT)
    expect(await answer(`${url}/notes`)).toMatchObject({ status: 503, body: { code: 'STARTING' } })
    const attempts = await wire.refuse()
    await vi.waitFor(() => expect(attempts()).toBeGreaterThan(2), WAIT)
    await wire.cut()
    await wire.mend()
    await started
    expect(await answer(`${url}/notes`)).toEqual({ status: 200, body: [] })
    expect(lines.filter(({ component }) => component === 'database').map(({ msg }) => msg)).toEqual([
      'database is down',
      'database is up',
    ])
    expect(JSON.stringify(lines)).not.toContain(database.password)
  })

  it('is migrated once when many instances start together', async () => {
    const services = await Promise.all([start(), start(), start()])
    await Promise.all(services.map(({ started }) => started))
    const migrated = services.flatMap(({ lines }) => lines.filter(({ migrations }) => migrations !== undefined))
    expect(migrated).toMatchObject([{ migrations: ['CreateNotes1700000000000'] }])
    for (const { url, lines } of services) {
      expect((await answer(`${url}/notes`)).status).toBe(200)
      expect(lines.filter(({ level }) => level === 'fatal' || level === 'error')).toEqual([])
    }
  })

  it('is not ready while a database is lost, and ready again when it is back', async () => {
    const { url, started, lines } = await start()
    await started
    await answer(`${url}/notes`)
    await wire.cut()
    await becomes(`${url}/health/ready`, 503)
    expect(await answer(`${url}/notes`)).toMatchObject({ status: 503, body: { code: 'DATABASE_UNAVAILABLE' } })
    expect((await answer(`${url}/health/live`)).status).toBe(200)
    await wire.mend()
    await becomes(`${url}/health/ready`, 200)
    expect(await answer(`${url}/notes`)).toEqual({ status: 200, body: [] })
    expect(lines.filter(({ component }) => component === 'database').map(({ msg }) => msg)).toEqual([
      'database is up',
      'database is down',
      'database is up',
    ])
  })

  it('answers 503 while a database lets nobody in, and goes on when it does', async () => {
    const { url, started } = await start()
    await started
    const name = database.pathname.slice(1)
    await admin.query(`alter database ${name} allow_connections false`)
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
    await becomes(`${url}/health/ready`, 503)
    expect(await answer(`${url}/notes`)).toMatchObject({ status: 503, body: { code: 'DATABASE_UNAVAILABLE' } })
    await admin.query(`alter database ${name} allow_connections true`)
    await becomes(`${url}/health/ready`, 200)
    expect(await answer(`${url}/notes`)).toEqual({ status: 200, body: [] })
  })

  it('notices a database that has stopped answering', async () => {
    const { url, started } = await start()
    await started
    wire.freeze()
    await becomes(`${url}/health/ready`, 503)
    await wire.cut()
    await wire.mend()
    await becomes(`${url}/health/ready`, 200)
    expect(await answer(`${url}/notes`)).toEqual({ status: 200, body: [] })
  })

  it('survives that the server ends its connections', async () => {
    const { url, started } = await start()
    await started
    await answer(`${url}/notes`)
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      database.pathname.slice(1),
    ])
    await becomes(`${url}/notes`, 200)
    await becomes(`${url}/health/ready`, 200)
  })

  it.each([
    [
      'a wrong password',
      (url: URL) => (url.password = 'wr0ng-pass'),
      'DATABASE_REFUSED',
      'user "postgres" or its password is not accepted',
    ],
    [
      'a database that does not exist',
      (url: URL) => (url.pathname = '/nowhere'),
      'DATABASE_REFUSED',
      'database "nowhere" does not exist',
    ],
  ])('ends on %s, naming the variable and the fix', async (_, change, code, message) => {
    const url = new URL(database)
    change(url)
    const { lines } = await start({ url: url.href })
    await vi.waitFor(() => expect(lines.some(({ level }) => level === 'fatal')).toBe(true), WAIT)
    expect(lines.find(({ level }) => level === 'fatal')).toMatchObject({
      err: { code, kind: 'fatal', message: expect.stringContaining(message) },
    })
    expect(lines.find(({ level }) => level === 'fatal')).toMatchObject({
      err: { message: expect.stringContaining('DATABASE_URL') },
    })
    expect(JSON.stringify(lines)).not.toContain('wr0ng-pass')
  })

  it('ends on a migration that fails', async () => {
    const { lines } = await start({ migrations: [Failing1700000000001] })
    await vi.waitFor(() => expect(lines.some(({ level }) => level === 'fatal')).toBe(true), WAIT)
    expect(lines.find(({ level }) => level === 'fatal')).toMatchObject({
      err: { code: 'MIGRATION_FAILED', message: expect.stringContaining('type "nonsense" does not exist') },
    })
  })

  it('ends on entities that TypeORM cannot map', async () => {
    @Entity({ name: 'unmapped' })
    class WithoutKey {}
    const { lines } = await start({ entities: [Note, WithoutKey] })
    await vi.waitFor(() => expect(lines.some(({ level }) => level === 'fatal')).toBe(true), WAIT)
    expect(lines.find(({ level }) => level === 'fatal')).toMatchObject({ err: { code: 'ENTITIES_INVALID' } })
  })

  it('stops while another instance migrates', async () => {
    const migrations = [Slow1700000000002]
    const services = await Promise.all([start({ migrations }), start({ migrations })])
    const both = () => services.flatMap(({ lines }) => lines.map(({ msg }) => msg))
    await vi.waitFor(() => expect(both()).toContain('another instance migrates the database; waiting for it'), WAIT)
    const waiting = services.find(({ lines }) => lines.some(({ msg }) => String(msg).startsWith('another')))
    await waiting?.stop()
    expect(both()).not.toContain('the database was migrated')
    expect(both()).not.toContain('fatal')
  })

  it('closes its connections last at shutdown', async () => {
    NotesController.atShutdown = undefined
    const { started, stop } = await start()
    await started
    await stop()
    expect(NotesController.atShutdown).toBe(0)
    await vi.waitFor(async () => {
      const connections = 'select application_name from pg_stat_activity where datname = $1'
      expect((await admin.query(connections, [database.pathname.slice(1)])).rows).toEqual([])
    }, WAIT)
  })

  it('stops while it still waits for the database', async () => {
    await wire.cut()
    const { stop } = await start()
    await stop()
  })
})
