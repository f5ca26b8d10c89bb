import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { loadConfig } from '@swipestream/platform'
import { CustomerTokens } from '../../app/customer-tokens.js'
import { configSchema } from '../../config.js'
import { notify } from './notify-command.fixture.js'

const customerKeys = { CUSTOMER_TOKEN_KEYS: `1:${Buffer.alloc(32, 2).toString('base64')}` }
const database = { DATABASE_URL: 'postgres://127.0.0.1:1/none' }

describe('npm run notify', () => {
  it('tells how it is used', async () => {
    const { code, out } = await notify({}, '--help')
    expect(code).toBe(0)
    expect(out.join('\n')).toMatch(/ledger[^]*send-test[^]*silence[^]*token[^]*Exit code/)
  })

  it.each(['ledger', 'send-test', 'silence', 'token'])('tells how %s is used', async (command) => {
    const { code, out } = await notify({}, command, '--help')
    expect([code, out.join('\n')]).toEqual([0, expect.stringContaining(`npm run notify -- ${command}`)])
  })

  it.each([
    [[], 'a command is missing'],
    [['legder'], 'no such command: legder'],
    [['ledger', 'shwo'], 'no such command: ledger shwo'],
    [['ledger', 'show'], "ledger show takes one delivery's id"],
    [['ledger', 'show', 'x'], 'the id of a delivery is a UUID, not x'],
    [['ledger', 'show', '0199a1b2-c3d4-7000-8000-0000000000aa', '--limit', '3'], 'ledger show takes no --limit'],
    [['ledger', '--alert', 'x'], 'the id of an alert is a UUID, not x'],
    [['ledger', '--status', 'lost'], '--status takes one of queued, sending'],
    [['ledger', '--channel', 'fax'], '--channel takes one of email, sms, app, not fax'],
    [['ledger', '--since', 'yesterday'], '--since takes a time such as'],
    [['ledger', '--since', '2026-13-03'], '--since takes a time such as'],
    [['ledger', '--limit', '0'], '--limit takes a whole number'],
    [['ledger', '--reveal'], '--reveal'],
    [['send-test', '--to', 'jane@example.org'], '--channel must be email or sms'],
    [['send-test', '--channel', 'constructor', '--to', 'x'], '--channel must be email or sms'],
    [['send-test', '--channel', 'email', '--to', '+4930231250089'], '--to must be an e-mail address'],
    [['send-test', '--channel', 'sms', '--to', '030231250089'], '--to must be a number with +'],
    [['send-test', '--channel', 'sms', '--to', '+4930231250089', '--language', 'a_b'], '--language must be a tag'],
    [['silence'], 'silence takes a command'],
    [['silence', 'stop'], 'no such command: silence stop'],
    [['silence', 'constructor'], 'no such command: silence constructor'],
    [['silence', 'end'], "silence end takes one silence's id"],
    [['silence', 'end', 'x'], 'the id of a silence is a UUID, not x'],
    [['silence', 'list', '--minutes', '3'], 'silence list takes no --minutes'],
    [['silence', 'list', 'x'], 'silence list takes no names: x'],
    [['silence', 'add', '--minutes', '3', '--comment', 'x'], '--service or code, or subject, is required'],
    [['silence', 'add', '--service', 'x', '--minutes', '3'], '--comment is required'],
    [['silence', 'add', '--service', 'x', '--comment', 'x'], '--until or minutes is required'],
    [['silence', 'add', '--service', 'x', '--comment', 'x', '--minutes', '1.5'], '--minutes takes a whole number'],
    [['silence', 'add', '--service', 'x', '--comment', 'x', '--until', 'tomorrow'], '--until must be a moment'],
    [['token'], "token takes one customer's id"],
    [['token', 'a', 'b'], "token takes one customer's id"],
  ])('refuses %j with exit code 2, and says why', async (args, why) => {
    const { code, out, err } = await notify({ ...database, ...customerKeys }, ...args)
    expect([code, out]).toEqual([2, []])
    expect(err.join('\n')).toContain(why)
  })

  it.each([
    [['ledger'], 'DATABASE_URL'],
    [['silence', 'list'], 'DATABASE_URL'],
    [['token', 'c1'], 'CUSTOMER_TOKEN_KEYS'],
    [['send-test', '--channel', 'email', '--to', 'jane@example.org'], 'SMTP_URL'],
    [['send-test', '--channel', 'sms', '--to', '+4930231250089'], 'TWILIO_AUTH_TOKEN'],
  ])('names the variables that %j misses', async (args, variable) => {
    const { code, err } = await notify({}, ...args)
    expect([code, err.join('\n')]).toEqual([2, expect.stringContaining(`${variable} is missing`)])
  })

  it.each([[['ledger']], [['silence', 'list']]])('fails in %j when the database is not there, and says where it looked', async (args) => {
    const { code, last } = await notify(database, ...args, '--json')
    expect([code, last]).toEqual([1, { command: args[0], broken: [{ rule: 'DATABASE_UNAVAILABLE', message: expect.stringMatching(/DATABASE_URL: PostgreSQL at 127\.0\.0\.1:1 .*ECONNREFUSED/) as string }] }])
  })
})

describe('npm run notify -- token', () => {
  it('prints a token that the inbox takes', async () => {
    const { code, out } = await notify(customerKeys, 'token', 'c1')
    expect([code, out.length]).toEqual([0, 1])
    const tokens = new CustomerTokens(loadConfig(configSchema.pick({ CUSTOMER_TOKEN_KEYS: true }), customerKeys))
    expect(await tokens.open(out[0] ?? '')).toMatchObject({ state: 'valid', holder: { customerId: 'c1' } })
    const { last } = await notify(customerKeys, 'token', 'c1', '--json')
    const opened = await tokens.open(String(last['token']))
    expect(opened).toMatchObject({ state: 'valid', holder: { expiresAt: Date.parse(String(last['expires_at'])) } })
  })
})

describe('npm run notify -- send-test', () => {
  let end: (() => void) | undefined
  afterEach(() => end?.())

  /** A mail server that says these lines, one to each it hears. */
  async function mailServer(...answers: readonly string[]): Promise<{ SMTP_URL: string }> {
    const server = createServer((socket) => {
      let said = 0
      const say = (): void => void socket.write(`${answers[said++] ?? '250 ok'}\r\n`)
      say()
      socket.on('error', () => socket.destroy())
      socket.on('data', () => say())
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    end = () => server.close()
    return { SMTP_URL: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}?ignoreTLS=true` }
  }

  const send = (env: NodeJS.ProcessEnv, ...more: string[]) => notify(env, 'send-test', '--channel', 'email', '--to', 'jane@example.org', ...more)

  it('says what the provider answered', async () => {
    const { code, out, err } = await send(await mailServer('220 ready', '250 ok', '250 ok', '250 ok', '354 go on', '250 taken'))
    expect([code, out, err]).toEqual([0, [expect.stringMatching(/^the provider accepted it as <[0-9a-f-]{36}@swipestream\.example>$/)], ['sending an example alert by email']])
  })

  it('fails with the code and the reason when it is refused', async () => {
    const { code, last } = await send(await mailServer('220 ready', '250 ok', '250 ok', '550 5.1.1 <jane@example.org> unknown'), '--json')
    expect(code).toBe(1)
    expect(last).toMatchObject({ command: 'send-test', channel: 'email', provider_message_id: null, broken: [{ rule: 'SMTP_550', message: expect.stringContaining('the service would give this recipient up') as string }] })
    expect(JSON.stringify(last)).not.toContain('jane@')
  })

  it('fails when there is no provider', async () => {
    const { code, out } = await send({ SMTP_URL: 'smtp://127.0.0.1:1' })
    expect([code, out]).toEqual([1, [expect.stringMatching(/^ESOCKET: .*ECONNREFUSED/)]])
  })
})
