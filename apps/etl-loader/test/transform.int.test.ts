import { cards, customers, deadLetterTopic, etlBankEntries, etlBankRows, etlQuarantine, merchants } from '@swipestream/contracts'
import { eventually, type TestBackbone } from '@swipestream/messaging/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { etl } from '../src/cli/etl-command.fixture.js'
import { cardRow, customerRow, merchantRow } from '../src/domain/bank/example-rows.js'
import { type ServiceProcess, startProcess } from './service-process.js'
import { backboneWithSource, sourceTables } from './source-table.js'

let backbone: TestBackbone
let source: Awaited<ReturnType<typeof sourceTables>>
let service: ServiceProcess

beforeAll(async () => {
  backbone = await backboneWithSource()
  source = await sourceTables(backbone)
  service = await startProcess(backbone.env)
})
afterAll(async () => {
  await service?.stop()
  await backbone?.close()
})

let made = 0
/** An id that no other test has, and a row of it whose address nobody else has. */
const newCustomer = (changes: Parameters<typeof customerRow>[0] = {}) => {
  const customer_id = `c${String(++made).padStart(4, '0')}`
  return customerRow({ customer_id, email: `${customer_id}@example.com`, ...changes })
}
const command = (...args: string[]) => etl({ ...process.env, ...backbone.env }, ...args)
const held = (id: string) => backbone.held(customers).then((all) => all.get(id))

/** The quarantined row of a customer, when there is one. */
const quarantinedOf = (id: string) =>
  eventually(async () => [...(await backbone.held(etlQuarantine)).values()].find(({ source_key }) => source_key.includes(`"${id}"`)))

describe('rows of the bank', () => {
  it('are clean customers, cards and merchants on their topics; doubles are one, and cards follow', async () => {
    const [main, double] = [newCustomer({ phone: '0170 7654321', country: 'Deutschland' }), newCustomer()]
    const card = cardRow({ card_id: 'v1.follows', customer_id: double.customer_id, home_country: 'germany' })
    await source.put('cards', card)
    await source.put('customers', { ...double, same_as: main.customer_id, street: 'Elm Street 1' }, { ...main, city: 'Berlin' })
    await source.put('merchants', merchantRow({ merchant_id: 'm2', name: 'tea room  Berlin' }), merchantRow({ merchant_id: 'm1' }))
    await eventually(async () => (await backbone.held(cards)).get('v1.follows')?.customer_id === main.customer_id)
    expect(await held(main.customer_id)).toMatchObject({ phone: '+491707654321', country: 'DE', quiet_from: '22:00' })
    expect(await held(double.customer_id)).toBeUndefined()
    await eventually(async () => (await backbone.held(merchants)).get('m1')?.merged_ids.includes('m2'))
    expect((await backbone.held(merchants)).has('m2')).toBe(false)
  })

  it('that are marked as deleted, or deleted, leave tombstones: by `d`, and by a tombstone alone', async () => {
    const rows = [newCustomer(), newCustomer(), newCustomer()]
    await source.put('customers', ...rows)
    await eventually(async () => {
      const all = await backbone.held(customers)
      return rows.every(({ customer_id }) => all.has(customer_id))
    })
    const [marked, deleted, buried] = rows as [object, object, object]
    await source.put('customers', { ...marked, deleted_at: '2026-02-01T00:00:00Z' })
    await source.delete('customers', deleted)
    await source.bury('customers', buried)
    await eventually(async () => {
      const all = await backbone.held(customers)
      return rows.every(({ customer_id }) => !all.has(customer_id))
    })
    const state = await backbone.held(etlBankEntries)
    expect(rows.filter(({ customer_id }) => state.has(`customers/${customer_id}`))).toEqual([])
  })
})

describe('a row that breaks the contract', () => {
  it('is quarantined with the reason, the last good version stays, and others go on; a good version releases it', async () => {
    const [row, other] = [newCustomer(), newCustomer()]
    await source.put('customers', row)
    await eventually(async () => held(row.customer_id))
    await source.put('customers', { ...row, language: 'fr', time_zone: 'Berlin' }, other)
    const quarantined = await quarantinedOf(row.customer_id)
    expect(quarantined).toMatchObject({ stage: 'transform', source_topic: source.topic('customers'), code: 'ETL_TIME_ZONE_INVALID', field: 'time_zone' })
    expect(JSON.parse(quarantined.row)).toMatchObject({ time_zone: 'Berlin' })
    await eventually(async () => held(other.customer_id))
    expect(await held(row.customer_id)).toMatchObject({ language: 'de' })

    await source.put('customers', { ...row, time_zone: '?' })
    await eventually(async () => (await quarantinedOf(row.customer_id)).row_id !== quarantined.row_id)
    expect((await backbone.held(etlQuarantine)).has(quarantined.row_id)).toBe(false)
    await source.put('customers', { ...row, language: 'es' })
    await eventually(async () => (await held(row.customer_id))?.language === 'es')
    expect([...(await backbone.held(etlQuarantine)).values()].filter(({ source_key }) => source_key.includes(row.customer_id))).toEqual([])
  })

  it('is shown masked, refused as it is, mended by a column, and is on its topic then with all its columns', async () => {
    const row = newCustomer({ time_zone: 'Berlin' })
    await source.put('customers', { ...row, street: 'Elm Street 1' })
    const { row_id } = await quarantinedOf(row.customer_id)
    const listed = await command('quarantine', 'list', '--code', 'ETL_TIME_ZONE_INVALID', '--json')
    expect(listed.last).toMatchObject({ rows: expect.arrayContaining([expect.objectContaining({ row_id, field: 'time_zone' })]), broken: [] })
    expect(listed.out.join()).not.toContain(row.email)
    expect((await command('quarantine', 'show', row_id, '--json')).last).toMatchObject({ row: { email: '[masked]', same_as: null } })
    expect((await command('quarantine', 'show', row_id, '--reveal', '--json')).last).toMatchObject({ row: { email: row.email } })

    expect(await command('quarantine', 'replay', row_id, '--json')).toMatchObject({ code: 1, last: { replayed: [], broken: [{ rule: 'ETL_ROW_STILL_REFUSED', row_id }] } })
    expect(await command('quarantine', 'fix', row_id, '--set', 'timezone=Europe/Berlin')).toMatchObject({ code: 2, err: [expect.stringContaining('no column timezone')] })
    expect(await command('quarantine', 'fix', row_id, '--set', 'time_zone=Nowhere', '--json')).toMatchObject({ code: 1, last: { broken: [{ rule: 'ETL_ROW_STILL_REFUSED' }] } })
    expect(await command('quarantine', 'fix', row_id, '--set', 'time_zone=Europe/Berlin', '--by', 'ana', '--json')).toMatchObject({ code: 0, last: { replayed: [row_id], broken: [] } })
    expect((await backbone.held(etlQuarantine)).has(row_id)).toBe(false)
    await eventually(async () => (await held(row.customer_id))?.time_zone === 'Europe/Berlin')
    const versions = (await backbone.records({ name: source.topic('customers') })).filter(({ value }) => value?.includes(row.email ?? ''))
    expect(versions).toHaveLength(2)
    expect(versions[1]?.key).toEqual(versions[0]?.key)
    expect(versions[1]?.partition).toBe(versions[0]?.partition)
    expect(versions[1]?.value?.includes('Elm Street 1')).toBe(true)
    expect(versions[1]?.headers['mended-by']?.toString()).toBe('ana')
    expect(await command('quarantine', 'fix', row_id, '--set', 'time_zone=UTC', '--json')).toMatchObject({ code: 1, last: { broken: [{ rule: 'ETL_ROW_NOT_QUARANTINED' }] } })
  })

  it('can be dropped', async () => {
    const row = newCustomer({ email: 'no', phone: 'none' })
    await source.put('customers', row)
    const { row_id, code } = await quarantinedOf(row.customer_id)
    expect(code).toBe('ETL_CUSTOMER_UNREACHABLE')
    expect(await command('quarantine', 'drop', row_id, '--json')).toMatchObject({ code: 0, last: { dropped: [row_id] } })
    expect((await backbone.held(etlQuarantine)).has(row_id)).toBe(false)
  })
})

describe('a customer who is forgotten', () => {
  it('is on no topic any more, with all doubles, cards, accounts and rows that wait', async () => {
    const [main, double] = [newCustomer(), newCustomer({ given_name: 'Forgotten' })]
    const [card, refused] = [cardRow({ card_id: 'v1.gone', customer_id: double.customer_id }), cardRow({ card_id: 'v1.refused', customer_id: main.customer_id, time_zone: '?' })]
    await source.put('accounts', { account_id: 'a1', customer_id: main.customer_id, iban: 'DE00' })
    await source.put('customers', main, { ...double, same_as: main.customer_id })
    await source.put('cards', card, refused)
    await eventually(async () => (await backbone.held(cards)).get('v1.gone')?.customer_id === main.customer_id)
    await quarantinedOf('v1.refused')

    expect((await command('forget', main.customer_id, '--dry-run', '--json')).last).toMatchObject({ dryRun: true, customers: [main.customer_id, double.customer_id] })
    expect(await held(main.customer_id)).toBeDefined()
    const { code, last } = await command('forget', main.customer_id, '--json')
    expect([code, last]).toMatchObject([0, { cards: ['v1.gone', 'v1.refused'], tombstones: { [source.topic('accounts')]: 1, [source.topic('cards')]: 2, [source.topic('customers')]: 2, customers: 1, cards: 1, etl_bank_rows: 4, etl_quarantine: 1 } }])
    const mentions = async () => {
      const found: string[] = []
      const ids = [main.customer_id, double.customer_id, 'v1.gone', 'v1.refused']
      for (const name of ['customers', 'cards', etlBankRows.name, etlBankEntries.name, etlQuarantine.name, ...['accounts', 'cards', 'customers'].map(source.topic)]) {
        const byKey = new Map((await backbone.records({ name })).map((record) => [`${record.partition}${record.key?.toString('hex')}`, record]))
        for (const { key, value } of byKey.values()) if (value !== null && ids.some((id) => value.includes(id) || key?.includes(id))) found.push(`${name} ${key?.toString()}`)
      }
      return found
    }
    await eventually(async () => (await mentions()).length === 0)
    expect(await command('forget', main.customer_id, '--json')).toMatchObject({ code: 1, last: { broken: [{ rule: 'ETL_CUSTOMER_UNKNOWN' }] } })
  })
})

it('a record that nobody can decode is a dead letter of its table, its partition goes on, and whose it was nobody can say', async () => {
  const row = newCustomer()
  const topic = source.topic('customers')
  await backbone.send([0, 1, 2].map((partition) => ({ topic, partition, key: Buffer.from('k'), value: Buffer.from('no avro'), headers: {} })))
  await source.put('customers', row)
  await eventually(async () => held(row.customer_id))
  await eventually(async () => (await backbone.records({ name: deadLetterTopic(topic) })).length === 3)
  expect(await command('forget', row.customer_id, '--json')).toMatchObject({ code: 1, last: { customers: [row.customer_id], broken: [{ rule: 'ETL_RECORDS_UNREADABLE', topic }] } })
  await eventually(async () => (await held(row.customer_id)) === undefined)
})

it.each([
  ['no command', [], 'a command is missing'], ['an unknown command', ['forgive'], 'no such command: forgive'], ['an unknown action', ['quarantine', 'burn'], 'no action burn'],
  ['a fix without a column', ['quarantine', 'fix', 'x/0/0'], '--set'], ['a replay of nothing', ['quarantine', 'replay'], 'replay takes'], ['a stray option', ['quarantine', 'list', '--reveal'], 'takes no --reveal'], ['forgetting nobody', ['forget'], 'forget takes'],
])('%s is a wrong use: 2', async (_, args, message) => {
  expect(await command(...args)).toMatchObject({ code: 2, out: [], err: [expect.stringContaining(message)] })
})
