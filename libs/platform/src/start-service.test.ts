import { Controller, Get, Module } from '@nestjs/common'
import { type CustomTransportStrategy, Server } from '@nestjs/microservices'
import { request as httpRequest } from 'node:http'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CodedError } from './errors.js'
import { createLogger } from './logger.js'
import { type Orders, OrdersModule, config, startOrders } from './orders-service.fixture.js'
import { Readiness } from './readiness.js'
import { startService } from './start-service.js'

let running: Orders | undefined
afterEach(async () => {
  await running?.service.stop()
  running = undefined
})

const start = async (options?: Parameters<typeof startOrders>[0]) => (running = await startOrders(options))

describe('health', () => {
  it('names each component, and is 503 while one is down', async () => {
    const { url, readiness } = await start()
    readiness.report('kafka', 'down', 'no broker answers')
    readiness.report('database', 'up')
    const answer = await fetch(`${url}/health/ready`)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({
      status: 'error',
      details: { kafka: { status: 'down', message: 'no broker answers' }, database: { status: 'up' } },
    })
    readiness.report('kafka', 'up')
    const ready = await fetch(`${url}/health/ready`)
    expect(ready.status).toBe(200)
    expect(await ready.json()).toMatchObject({ status: 'ok', details: { kafka: { status: 'up' } } })
  })

  it('is live whatever is down', async () => {
    const { url, readiness } = await start()
    readiness.report('kafka', 'down')
    expect((await fetch(`${url}/health/live`)).status).toBe(200)
  })
})

class FakeStrategy extends Server implements CustomTransportStrategy {
  readonly listen = vi.fn((callback: (error?: unknown) => void) => callback(this.failure))
  readonly close = vi.fn()
  override readonly on = vi.fn()
  override readonly unwrap = vi.fn()

  constructor(readonly failure?: Error) {
    super()
  }
}

describe('a service that waits for what it needs', () => {
  it('listens at once, puts requests off, and starts its consumers when all is up', async () => {
    const strategy = new FakeStrategy()
    const { url, readiness, service, lines } = await start({
      strategy: () => strategy,
      setup: (app) => app.get(Readiness).requireToStart('database', 'connecting'),
    })
    const answer = await fetch(`${url}/orders/7`)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(await answer.json()).toMatchObject({ code: 'STARTING', detail: 'not started yet, waiting for database' })
    expect((await fetch(`${url}/health/live`)).status).toBe(200)
    expect((await fetch(`${url}/health/ready`)).status).toBe(503)
    expect((await fetch(`${url}/nowhere`)).status).toBe(503)
    expect(strategy.listen).not.toHaveBeenCalled()
    expect(lines).toContainEqual(expect.objectContaining({ msg: `orders listens at ${url}` }))

    readiness.report('database', 'up')
    await service.started
    expect(strategy.listen).toHaveBeenCalledTimes(1)
    expect([...strategy.getHandlers().keys()]).toEqual(['orders'])
    expect((await fetch(`${url}/orders/7`)).status).toBe(200)
  })

  it('reports consumers that cannot start', async () => {
    const strategy = new FakeStrategy(new CodedError('KAFKA_REFUSED', 'fatal', 'KAFKA_BROKERS: wrong password'))
    const { service, lines } = await start({ strategy: () => strategy })
    await expect(service.started).rejects.toThrow('KAFKA_BROKERS')
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'fatal', err: expect.objectContaining({ code: 'KAFKA_REFUSED' }) }),
    )
  })
})

describe('stop', () => {
  it('ends HTTP before the consumers, and both before the modules', async () => {
    const order: string[] = []
    const strategy = new FakeStrategy()
    strategy.close.mockImplementation(() => order.push('consumers'))
    @Module({})
    class RecordingModule {
      onModuleDestroy() {
        order.push('onModuleDestroy')
      }
      beforeApplicationShutdown() {
        order.push('beforeApplicationShutdown')
      }
      onApplicationShutdown() {
        order.push('onApplicationShutdown')
      }
    }
    const { service, app, readiness } = await start({ module: RecordingModule, strategy: () => strategy })
    app.getHttpServer().on('close', () => order.push('HTTP'))
    await service.started
    await Promise.all([service.stop(), service.stop()])
    expect(order).toEqual([
      'HTTP',
      'consumers',
      'onModuleDestroy',
      'beforeApplicationShutdown',
      'consumers',
      'onApplicationShutdown',
    ])
    expect(readiness.ready()).toBe(false)
  })

  it('ends every part when one fails, and then says so', async () => {
    const strategy = new FakeStrategy()
    strategy.close.mockImplementationOnce(() => {
      throw new Error('broker gone')
    })
    const destroyed = vi.fn()
    @Module({})
    class RecordingModule {
      onModuleDestroy() {
        destroyed()
      }
    }
    const { service } = await start({ module: RecordingModule, strategy: () => strategy })
    await service.started
    running = undefined
    await expect(service.stop()).rejects.toThrow('broker gone')
    expect(destroyed).toHaveBeenCalledTimes(1)
  })

  it('cuts requests that do not finish in time', async () => {
    @Controller()
    class SlowController {
      @Get('never') never() {
        return new Promise(() => undefined)
      }
    }
    @Module({ controllers: [SlowController] })
    class SlowModule {}
    const { url, service, lines } = await start({ module: SlowModule, drainMs: 50 })
    const cut = new Promise((resolve) => httpRequest(`${url}/never`).on('error', resolve).end())
    await vi.waitFor(async () => {
      expect(
        await new Promise<number>((resolve, reject) =>
          service.app.getHttpServer().getConnections((error, count) => (error ? reject(error) : resolve(count))),
        ),
      ).toBe(1)
    })
    await service.stop()
    expect(await cut).toMatchObject({ code: 'ECONNRESET' })
    expect(lines).toContainEqual(expect.objectContaining({ level: 'warn', drainMs: 50 }))
  })
})

describe('listening', () => {
  it('says which variables are wrong when it cannot', async () => {
    const { app } = await start()
    const port = (app.getHttpServer().address() as { port: number }).port
    await expect(
      startService({
        name: 'other',
        module: OrdersModule,
        config: { ...config, HTTP_PORT: port },
        ownsProcess: false,
        logger: createLogger({ service: 'other', level: 'silent' }),
      }),
    ).rejects.toMatchObject({ code: 'HTTP_LISTEN_FAILED', message: expect.stringContaining(`HTTP_PORT ${port}`) })
  })

  it('serves the OpenAPI document and a page to read it, from itself alone', async () => {
    const { url } = await start({ openapi: { title: 'Orders', description: 'Orders of things', version: '1.2.3' } })
    const document = (await (await fetch(`${url}/docs/json`)).json()) as { info: object; paths: object }
    expect(document.info).toMatchObject({ title: 'Orders', version: '1.2.3' })
    expect(Object.keys(document.paths)).toContain('/orders/{id}')
    expect(Object.keys(document.paths).filter((path) => /health|metrics/.test(path))).toEqual([])
    const page = await (await fetch(`${url}/docs`)).text()
    expect(page).toContain('swagger-ui')
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//)
    for (const [, path] of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const asset = await fetch(new URL(path ?? '', `${url}/docs`))
      expect((await asset.text()).length, path).toBeGreaterThan(0)
      expect(asset.status, path).toBe(200)
    }
  })
})
