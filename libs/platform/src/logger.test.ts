import { Logger as NestsLogger } from '@nestjs/common'
import { afterEach, describe, expect, it } from 'vitest'
import { CodedError } from './errors.js'
import { NestLogger, createLogger } from './logger.js'
import { type Tracing, activeTrace, inSpan, startTracing } from './tracing.js'

const capture = (level: 'info' | 'trace' = 'info') => {
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) }
  return { lines, logger: createLogger({ service: 'test', level, destination }) }
}

let tracing: Tracing | undefined
afterEach(async () => {
  await tracing?.stop()
  tracing = undefined
})

describe('createLogger', () => {
  it('prints one JSON object a line', () => {
    const { lines, logger } = capture()
    logger.info({ count: 3 }, 'done')
    logger.debug('below the level')
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        service: 'test',
        pid: process.pid,
        count: 3,
        msg: 'done',
      },
    ])
  })

  it('adds the ids of the active span', async () => {
    tracing = await startTracing({ service: 'test' })
    const { lines, logger } = capture()
    const ids = inSpan('work', {}, () => {
      logger.info('inside')
      return activeTrace()
    })
    logger.info('outside')
    expect(lines[0]).toMatchObject({ ...ids })
    expect(lines[1]).not.toHaveProperty('trace_id')
  })

  it('redacts message, arguments, nested fields, child bindings, errors, their stacks and causes', () => {
    const { lines, logger } = capture()
    const pan = '4111 1111 1111 1111'
    const cause = new Error(`cause ${pan}`)
    const error = new CodedError('MAIL_REFUSED', 'transient', `no mailbox ann@example.org for ${pan}`, { cause })
    logger
      .child({ owner: 'ann@example.org' })
      .error({ err: error, deep: { list: [pan] }, password: 'x' }, 'card %s', pan)
    logger.error(error)
    const text = JSON.stringify(lines)
    expect(text).not.toContain('4111')
    expect(text).not.toContain('ann@')
    expect(lines[0]).toMatchObject({
      owner: '[email]',
      deep: { list: ['[card]'] },
      password: '[redacted]',
      msg: 'card [card]',
      err: {
        code: 'MAIL_REFUSED',
        kind: 'transient',
        message: expect.stringContaining('[email]'),
        stack: expect.stringContaining('logger.test'),
      },
    })
    expect(lines[1]).toMatchObject({
      msg: 'no mailbox [email] for [card]',
      err: { message: expect.stringContaining('cause [card]') },
    })
  })

  it('shows an error under `error` as well', () => {
    const { lines, logger } = capture()
    logger.warn({ error: new Error('x') }, 'y')
    expect(lines[0]).toMatchObject({ error: { type: 'Error', message: 'x' } })
  })
})

describe('NestLogger', () => {
  afterEach(() => NestsLogger.overrideLogger(false))

  it('sends what Nest and its users log through pino, with the level kept but for start-up chatter', () => {
    const { lines, logger } = capture('trace')
    NestsLogger.overrideLogger(new NestLogger(logger))
    const nest = new NestsLogger('Orders')
    nest.log('took an order')
    new NestsLogger('RouterExplorer').log('mapped a route')
    nest.warn('careful')
    nest.error('failed', 'Error: x\n    at y')
    nest.error(new Error('boom'))
    nest.fatal('over')
    nest.debug({ some: 'data' })
    expect(lines).toMatchObject([
      { level: 'info', context: 'Orders', msg: 'took an order' },
      { level: 'debug', context: 'RouterExplorer', msg: 'mapped a route' },
      { level: 'warn', context: 'Orders', msg: 'careful' },
      { level: 'error', context: 'Orders', msg: 'failed', more: ['Error: x\n    at y'] },
      { level: 'error', context: 'Orders', msg: 'boom', err: { message: 'boom' } },
      { level: 'fatal', context: 'Orders', msg: 'over' },
      { level: 'debug', context: 'Orders', data: { some: 'data' } },
    ])
  })
})
